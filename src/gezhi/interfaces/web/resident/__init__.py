"""Pages of residents: report, follow, rate, and what is held about me. No account is needed."""
