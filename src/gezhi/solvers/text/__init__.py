"""Text of citizens' messages: which class, which earlier message is the same, what is becoming hot.

One feature space: TF-IDF of words (1- and 2-grams) and characters (1- to 3-grams) of the whole message and of its
head, in exact keys. Classes: minimise ½‖v_k‖² + C Σ_i max(0, 1 − y_ik (v_k·(r_k ∘ x_i) + b_k))² for each class k against
the rest, r_k the log-count ratios of features, classes weighing alike; w_k = r_k ∘ v_k; no hard constraints. Probability =
softmax(slope × (w_k·x + b_k)), and for the likeliest class its log-odds × stretch + shift; slope, stretch and shift of least
log-loss on held-out margins (all convex, solved to 1e-4). Training O(non-zeros × passes), prediction O(non-zeros × classes).
Topics: cosine graph, average linkage, words in common that stand hardly anywhere else, heat in a window.
No trained model ships: each city trains on its own messages, and the model file holds numbers and texts, never code.
References: Wang, Manning 2012 (log-count ratios in SVM); Fan et al. 2008 (LIBLINEAR); Guo et al. 2017
(temperature scaling); Platt 1999.
"""

from gezhi.solvers.text.classifier import MOST_TEXTS, Model, Prediction, predict, train
from gezhi.solvers.text.figures import Figures, figures
from gezhi.solvers.text.message import Message
from gezhi.solvers.text.model_file import dump, load
from gezhi.solvers.text.places import places
from gezhi.solvers.text.similar import Near, similar
from gezhi.solvers.text.terms import TermModel, learn_terms, learn_told
from gezhi.solvers.text.topics import MOST_MESSAGES, Topic, hot_topics
from gezhi.solvers.text.words import segment, split

__all__ = [
    "MOST_MESSAGES",
    "MOST_TEXTS",
    "Figures",
    "Message",
    "Model",
    "Near",
    "Prediction",
    "TermModel",
    "Topic",
    "dump",
    "figures",
    "hot_topics",
    "learn_terms",
    "learn_told",
    "load",
    "places",
    "predict",
    "segment",
    "similar",
    "split",
    "train",
]
