"""The words that scripts say. One catalogue serves pages and scripts: a page carries these in a JSON block."""

from __future__ import annotations

from django.utils.translation import gettext as _


def script_strings() -> dict[str, str]:
    """Key → words in the language of the request. Keys are those of ``frontend/src`` (``t('key')``)."""
    return {
        "undo": _("Undo"),
        "sent": _("Sent."),
        "copied": _("Copied."),
        "request_failed": _("That did not work. Nothing was changed; please try again."),
        "offline": _("You are offline. What you enter here is not sent yet."),
        "offline_part": _("You are offline: this needs a network. What you wrote stays."),
        "offline_link": _("This page is not kept on the device: it needs a network."),
        "offline_sign_out": _("You can sign out as soon as there is a network."),
        "online": _("You are online again."),
        "key_next": _("Next in the list"),
        "key_previous": _("Previous in the list"),
        "key_send": _("Send the form that you are writing in"),
        "key_sheet": _("Show these shortcuts"),
        "being_sent": _("Being sent"),
        "picked": _("%(count)s chosen"),
        "select_search": _("Type to search"),
        "select_none": _("Nothing matches"),
        "case_just_now": _("Just now: %(what)s"),
        "case_meanwhile": _("Meanwhile: %(what)s. What you are writing stays, and is sent for the case as it is now."),
        "case_step_gone": _(
            "Meanwhile: %(what)s. This step is not possible any more. Your words stay here until you close the page."
        ),
        "live_connecting": _("Connecting"),
        "live_live": _("Live"),
        "live_polling": _("Updated every 15 seconds"),
        "live_offline": _("Offline: the list may be out of date"),
        "live_new": _("%(count)s new: show"),
        "live_reload": _("The list has changed: load it again"),
        "photo_not_image": _("“%(name)s” is not a picture. Please choose a JPEG, PNG or WebP file."),
        "photo_too_large": _("“%(name)s” is larger than %(limit)s MB. Please choose a smaller picture."),
        "photo_too_many": _("At most %(limit)s pictures."),
        "photo_unreadable": _("“%(name)s” cannot be opened as a picture. Please choose another or take it again."),
        "photo_again": _("Pictures cannot be carried into the other language: please choose them again."),
        "photo_remove": _("Remove %(name)s"),
        "near_show": _("Show how far each is"),
        "near_away": _("%(distance)s from here"),
        "near_by_deadline": _("Nearest deadline first"),
        "near_by_distance": _("Nearest place first"),
        "picture_label": _("Picture"),
        "picture_before": _("Previous picture"),
        "picture_after": _("Next picture"),
        "picture_back": _("Back to the page"),
        "photo_place_distance": _("The picture was taken about %(distance)s from your mark."),
        "photo_place_known": _("The picture says where it was taken."),
        "photo_place_ask": _("Use the place of the picture?"),
        "photo_place_use": _("Use the place of the picture"),
        "photo_place_keep": _("Keep my mark"),
        "photo_place_as_it_is": _("Leave the place as it is"),
        "photo_place_same": _("The picture was taken less than %(distance)s from your mark."),
        "photo_place_used": _("The report now has the place of the picture."),
        "photo_place_kept": _("The place stays as it is. The picture is sent without its place."),
        "photo_place_outside": _("The picture was taken outside the city. Your mark stays where it is."),
        "map_label": _("Map of the place"),
        "map_label_pin": _(
            "Map: move it until the place is under the mark. Arrow keys move it a little, with Shift farther; plus and minus zoom."
        ),
        "map_hint": _("Tap the place, or move the map"),
        "map_keys": _("Arrow keys move the map a little, with Shift farther, + and − zoom"),
        "map_use_position": _("Use my position"),
        "map_no_position": _("Your device did not give a position. Move the map, or choose the community below."),
        "map_position_unknown": _("Your device did not give a position."),
        "map_accuracy": _("Your position, give or take %(distance)s"),
        "map_wide": _("Now move the map to the very place: the building, the gate, the side of the road."),
        "map_rough": _(
            "Your device knows the place only to within %(distance)s. Move the map to the very place, or search for it."
        ),
        "map_position_outside": _(
            "Your device says that you are outside the city. Move the map to the place, or search for it."
        ),
        "map_metres": _("%(number)s m"),
        "map_kilometres": _("%(number)s km"),
        "map_scale_metres": _("m"),
        "map_scale_kilometres": _("km"),
        "map_loading": _("The map is loading…"),
        "map_from_afar": _("This was chosen on a map of the whole town. Look if it is the place, then go on."),
        "map_outside": _("This place lies outside the city"),
        "map_chosen_outside": _(
            "This place lies outside the city, so it is not taken. Move the map back into the city."
        ),
        "map_no_webgl": _("This browser cannot draw the map. Please choose the community below."),
        "map_no_areas": _("This city has no areas on the map yet. Please describe the place in words."),
        "map_not_shown": _("The map could not be loaded."),
        "map_zoom_in": _("Zoom in"),
        "map_home": _("Show the whole city"),
        "map_locate": _("Show where I am"),
        "map_zoom_out": _("Zoom out"),
        "map_failed": _("The map could not be loaded. Please use your position, or choose the community below."),
    }
