"""Errors in the reader's language. Below the edges an error has a code and English words; here it gets its translation.

``WORDS`` holds every code that the program raises; a test finds the ones that are missing.
"""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from gezhi.kernel import errors
from gezhi.kernel.errors import GezhiError
from gezhi.kernel.filled import Filled
from gezhi.kernel.formalism import SAID

STATUS: dict[type[GezhiError], int] = {
    errors.InvalidInput: 422,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.TooLarge: 413,
    errors.TooSlow: 408,
    errors.Unavailable: 503,
}

WORDS = {
    "already_granted": gettext_lazy("This person holds this role there already."),
    "address_too_long": gettext_lazy("The address is too long; 200 characters are the limit."),
    "assignee_cannot_act": gettext_lazy(
        "This person is neither a grid worker of this place nor an officer of the body named."
    ),
    "another_person": gettext_lazy("This was written by another account: sign in with that one to send it."),
    "asked_by_another_site": gettext_lazy("Another website may not have services elsewhere asked in your name."),
    "appealed_already": gettext_lazy("There was an appeal already; there is one a case."),
    "asked_already": gettext_lazy("A request waits for a decision already: one at a time."),
    "bad_month": gettext_lazy("Write the month as 2026-11."),
    "bad_extension": gettext_lazy("Choose how much more time."),
    "bad_rule": gettext_lazy("This rule can't have this value."),
    "too_few_cases": gettext_lazy("There are too few closed cases to learn from yet."),
    "extended_already": gettext_lazy("More time was granted once; a case is extended once."),
    "extension_too_late": gettext_lazy("The time is up: more is asked for before that."),
    "extension_too_long": gettext_lazy("That is more time than the city grants."),
    "not_late": gettext_lazy("The case was not handled after its deadline."),
    "nothing_asked": gettext_lazy("Nothing of this kind waits for a decision."),
    "unknown_rule": gettext_lazy("There is no such rule."),
    "called_already": gettext_lazy("This body was called in already and has its part open."),
    "is_a_part": gettext_lazy("This is a part of another case: call the body into that."),
    "is_joint": gettext_lazy("Other bodies work on parts of it: what is handled jointly is not merged."),
    "leads_already": gettext_lazy("This body leads the case already."),
    "not_a_part": gettext_lazy("Nobody was called into this case."),
    "parts_open": gettext_lazy("Parts of it are still open with the bodies that were called in."),
    "too_many_parts": gettext_lazy("As many bodies as a case can have were called in already."),
    "whole_is_over": gettext_lazy("The case of which this is a part is over: reopen that first."),
    "finding_missing": gettext_lazy("Say whether the matter is there."),
    "body_out_of_reach": gettext_lazy("%(body)s does not act at this place: nobody of it could see the case."),
    "no_whole_number": gettext_lazy(
        "This is no whole telephone number: a mobile number has eleven digits, a landline its area code before it."
    ),
    "body_has_it": gettext_lazy("This body has the case already."),
    "has_it_already": gettext_lazy("This person has the case already."),
    "main_is_a_part": gettext_lazy("That case is a part of another: merge with the whole instead."),
    "main_has_ended": gettext_lazy("That case is over: nobody works on it any more."),
    "main_is_merged": gettext_lazy("That report goes with another itself: merge with that one."),
    "merge_into_itself": gettext_lazy("A report does not go with itself."),
    "merge_into_missing": gettext_lazy("Say with which report it goes: its number."),
    "way_not_set_up": gettext_lazy("This city sends nothing by this way."),
    "bad_email": gettext_lazy("This is no e-mail address."),
    "bad_subscription": gettext_lazy("What your browser gave for messages cannot be used; please choose another way."),
    "unknown_push_service": gettext_lazy("This city sends nothing by your browser's push service; choose another way."),
    "bad_mobile": gettext_lazy("A mobile number has 11 digits."),
    "unknown_language": gettext_lazy("There is no such language here."),
    "too_many_choices": gettext_lazy("This was changed too often; look at the report on its page."),
    "no_such_link": gettext_lazy("This link stops nothing; perhaps it was cut off."),
    "no_message": gettext_lazy("There is no such message."),
    "not_failed": gettext_lazy("Only what failed is sent again."),
    "no_such_part": gettext_lazy("One of these bodies has no part of this case that can be rated."),
    "added_too_late": gettext_lazy("The case was closed too long ago; please report it anew."),
    "address_left_alone": gettext_lazy(
        "Messages to this address were stopped by whoever has it. It is left alone for half a year; please choose another."
    ),
    "too_many_for_address": gettext_lazy(
        "Five reports write to this address already. Stop one of them first, or choose another."
    ),
    "added_too_often": gettext_lazy("Five times within a day is the most; please add the rest tomorrow."),
    "not_solved_too_late": gettext_lazy(
        "The time in which a case is opened again by itself is over; please report it anew."
    ),
    "not_solved_too_often": gettext_lazy(
        "It was opened again as often as that goes by itself; the street hub decides now."
    ),
    "others_merged_in": gettext_lazy("Other reports were merged into this one: merge the other into it."),
    "reported_by_others": gettext_lazy("Only what was noticed in office is settled on the spot."),
    "was_set_aside": gettext_lazy("This demand was set aside by two people, and answered."),
    "bad_flag": gettext_lazy("This filter is either on (1) or off (0)."),
    "bad_username": gettext_lazy("A user name has 3 to 60 lower-case letters, digits, dots or hyphens."),
    "bad_area": gettext_lazy("There is no such area."),
    "bad_box": gettext_lazy("A part of the map is west, south, east and north in degrees."),
    "ground_code_invalid": gettext_lazy(
        "The code of a source of the ground has 1 to 40 letters, digits, dots or hyphens."
    ),
    "bad_calendar_day": gettext_lazy(
        "A line of the days cannot be used: write 2027-02-06..2027-02-12 off Spring Festival."
    ),
    "bad_office_hours": gettext_lazy("These are no office hours: write 08:00-12:00, 14:00-18:00."),
    "bad_cursor": gettext_lazy("This page mark does not belong to this list; start from the first page."),
    "bad_idempotency_key": gettext_lazy("An idempotency key has 8 to 80 visible ASCII characters."),
    "bad_class_table": gettext_lazy("Something is wrong in the class table."),
    "bad_duty_table": gettext_lazy("Something is wrong in the duty table."),
    "bad_escalation_table": gettext_lazy("Something is wrong in the rules of reminding."),
    "bad_instant": gettext_lazy("This is no date; write for example 2027-01-01 or 2027-01-01T08:00."),
    "bad_page_size": gettext_lazy("A page holds 1 to 200 rows."),
    "bad_number": gettext_lazy("This is not a whole number."),
    "bad_reference": gettext_lazy("Name an object as KIND:REFERENCE."),
    "bad_score": gettext_lazy("A rating is a number from 1 to 5."),
    "contact_too_long": gettext_lazy("A name or number has at most 60 characters."),
    "control_character": gettext_lazy("The text holds a character that cannot be stored; type it again."),
    "description_missing": gettext_lazy("Say in a few words what is the matter."),
    "description_too_long": gettext_lazy("The description is too long; 4,000 characters are the limit."),
    "bad_time": gettext_lazy("This is not a day or a time."),
    "fact_bad": gettext_lazy("This does not fit: a number, a date (2026-12-01) or one of the choices is asked for."),
    "fact_missing": gettext_lazy("The class of this case asks for it: please fill it in."),
    "fact_unknown": gettext_lazy("The class of the case does not ask for this."),
    "field_missing": gettext_lazy("A field that this action needs is missing."),
    "field_not_read": gettext_lazy("This action does not read this field; leave it out."),
    "filter_too_long": gettext_lazy("This filter is too long."),
    "half_a_position": gettext_lazy("A position needs longitude and latitude."),
    "in_flight": gettext_lazy("The same request is being carried out right now; ask again in a moment."),
    "key_reused": gettext_lazy("This idempotency key was used for another request."),
    "naive_time": gettext_lazy("A time needs its zone, for example 2026-11-22T08:00:00+08:00."),
    "no_areas": gettext_lazy("This city has no areas yet; import them first."),
    "unlikely_start": gettext_lazy("The day is past, or more than a hundred years ahead."),
    "no_duty_table": gettext_lazy("There is no such version of the duty table."),
    "no_case": gettext_lazy("There is no such case, or it is not open to you."),
    "no_file": gettext_lazy("There is no such file."),
    "no_grant": gettext_lazy("There is no such grant in force."),
    "no_personal_data": gettext_lazy("The reporter left no name or number."),
    "no_view": gettext_lazy("There is no such saved view."),
    "no_power": gettext_lazy("There is no such delegated power."),
    "no_such_code": gettext_lazy("No report has this code; check it letter by letter."),
    "no_user": gettext_lazy("There is no such account."),
    "nobody_named": gettext_lazy("Say which body or person gets the case."),
    "no_action": gettext_lazy("There is no such action."),
    "weak_idempotency_key": gettext_lazy("Without an account an idempotency key must be a random UUID (version 4)."),
    "not_allowed": gettext_lazy("You do not have permission to do this."),
    "not_this_page": gettext_lazy(
        "Your roles do not cover it. If they should, ask the security administrator of your street or district; "
        "they can see why."
    ),
    "no_class_table": gettext_lazy("There is no such version of the class table."),
    "no_escalation_table": gettext_lazy("There is no such version of the rules of reminding."),
    "no_waiting_table": gettext_lazy("No such version of the table waits for its time."),
    "note_missing": gettext_lazy("Please fill in the note."),
    "note_too_long": gettext_lazy("The note is too long; 2,000 characters are the limit."),
    "no_calendar": gettext_lazy("There is no such version of the calendar."),
    "calendar_moved_on": gettext_lazy("Somebody else has changed the calendar meanwhile; look at it again."),
    "nothing_to_change": gettext_lazy("The calendar in force says just that; there is nothing to change."),
    "nothing_to_correct": gettext_lazy("Say what is to be corrected."),
    "organisation_missing": gettext_lazy("A department officer needs a department."),
    "outcome_missing": gettext_lazy("Say what came of it."),
    "outside_city": gettext_lazy("The position lies outside the city; place the pin again or choose the community."),
    "own_grant": gettext_lazy("You cannot grant roles to yourself; ask another security administrator."),
    "personal_data_gone": gettext_lazy("These personal data have been erased or have expired."),
    "picture_missing": gettext_lazy("The closing condition of this class asks for a picture; please add one."),
    "photo_too_large": gettext_lazy("The photo is too large; the limits are 12 MB and 50 megapixels."),
    "photo_unreadable": gettext_lazy("This is not a whole JPEG, PNG or WebP picture; take the photo again."),
    "places_elsewhere": gettext_lazy(
        "The services elsewhere give no answer at the moment; the city's own places are there."
    ),
    "places_outside_city": gettext_lazy("No place of the list lies in the city: are longitude and latitude exchanged?"),
    "place_missing": gettext_lazy("Say where: place the pin or choose the community."),
    "power_exists": gettext_lazy("One of these codes is in the catalogue already."),
    "power_ends_before": gettext_lazy(
        "The last day is past, before the first day, or more than a hundred years ahead."
    ),
    "power_not_in_effect": gettext_lazy("The power is not in effect on that day."),
    "rated_already": gettext_lazy("This case has been rated; thank you."),
    "reason_missing": gettext_lazy("Please give a reason."),
    "reason_too_long": gettext_lazy("A reason has at most 150 characters."),
    "reason_unknown": gettext_lazy("There is no such reason to choose."),
    "reminded_lately": gettext_lazy("A reminder went out in the last four hours."),
    "returned_too_often": gettext_lazy("The case was returned twice already; settle it or ask the hub."),
    "scheme_exists": gettext_lazy("There is a class scheme with this code already."),
    "separate_admins": gettext_lazy("System, security and audit administration must lie in three separate hands."),
    "stale_version": gettext_lazy("Someone else has changed it meanwhile; look at it again."),
    "level_order": gettext_lazy("An area of this level does not hold the areas that are to be planned."),
    "no_households": gettext_lazy("The households of an area are not on record; register them, or weigh by cases."),
    "no_such_level": gettext_lazy("There are no areas of this level there."),
    "too_many_cases": gettext_lazy("Too many cases are open there for one decision; take a smaller area."),
    "too_many_requests": gettext_lazy("Too many requests from here; wait a little and try again."),
    "too_many_photos": gettext_lazy("At most 9 pictures of this kind; no more can be added."),
    "too_many_pictures": gettext_lazy("At most four pictures."),
    "unknown_action": gettext_lazy("There is no such action."),
    "unknown_area": gettext_lazy("There is no such area."),
    "unknown_choice": gettext_lazy("This filter has no such choice."),
    "unknown_class": gettext_lazy("There is no such class; choose one from the list."),
    "unknown_condition": gettext_lazy("This class has no such filing condition."),
    "unknown_level": gettext_lazy("There is no such level of area."),
    "no_main_report": gettext_lazy("There is no such report: look at the number again."),
    "unknown_organisation": gettext_lazy("There is no such organisation."),
    "unknown_queue": gettext_lazy("There is no such list."),
    "unknown_sort": gettext_lazy("This list cannot be sorted so."),
    "unknown_verb": gettext_lazy("There is no such action here."),
    "username_taken": gettext_lazy("There is an account with this name already."),
    "weak_password": gettext_lazy("The password is too weak: 10 characters or more, nothing common."),
    "view_empty": gettext_lazy("Nothing narrows this list yet; set a filter or choose a queue first."),
    "view_exists": gettext_lazy("You have a saved view with this name already."),
    "view_name_missing": gettext_lazy("Give the view a name."),
    "view_name_too_long": gettext_lazy(
        "The name is too long; 40 characters are the limit, and a composed emoji counts as several."
    ),
    "too_many_views": gettext_lazy("30 saved views are the limit; delete one first."),
    "picture_gone": gettext_lazy("A picture is no longer held here; please choose it again."),
    "pictures_busy": gettext_lazy("Too many pictures are being taken in just now; please send again in a moment."),
    "photo_not_yours": gettext_lazy("You may not add a picture of this kind to this case."),
    "photo_wrong_state": gettext_lazy("As the case stands now it takes no more pictures of this kind."),
    "database_busy": gettext_lazy("Much is being written just now; nothing was saved. Please try again in a moment."),
    "disk_full": gettext_lazy("There is no room left to store anything; nothing was saved. Please try again later."),
    "request_broken_off": gettext_lazy("The transmission broke off; please send it again."),
    "request_too_large": gettext_lazy("This is larger than the server accepts. Send fewer or smaller pictures."),
    "request_too_slow": gettext_lazy("The transmission took too long; please try again with a better connection."),
    "too_many_uploads": gettext_lazy("Too many uploads from here at once; wait a little and try again."),
    "uploads_busy": gettext_lazy("Too many people are uploading just now; please try again in a moment."),
    "written_differently": gettext_lazy(
        "The database changed what was written; nothing was saved. Tell the system administrator."
    ),
    "not_by_link": gettext_lazy("A look at personal data is asked for on the page of the case, not by a link."),
    "column_missing": gettext_lazy("The file has not all columns that the mapping names."),
    "file_kind": gettext_lazy("This kind of file cannot be read here."),
    "file_missing": gettext_lazy("There is no such file."),
    "file_too_large": gettext_lazy("The file holds more than can be read at once; divide it."),
    "not_utf8": gettext_lazy("The file is not in UTF-8: save it as “CSV UTF-8” and send it again."),
    "file_unreadable": gettext_lazy("The file cannot be read: it is damaged, or not what its name says."),
    "mapping_bad": gettext_lazy("The mapping of the columns cannot be used as it is."),
    "mapping_choice": gettext_lazy("Choose a mapping from the list, or send one of your own; not both."),
    "mapping_missing": gettext_lazy("There is no such mapping."),
    "no_header": gettext_lazy("The first row of the file names no columns."),
    "unknown_channel": gettext_lazy("The mapping names a channel that does not exist."),
    "areas_missing": gettext_lazy("There is no area to import."),
    "code_missing": gettext_lazy("An area of the file has no code."),
    "code_invalid": gettext_lazy("An area of the file has a code that cannot be used."),
    "code_twice": gettext_lazy("A code occurs twice in the file."),
    "name_invalid": gettext_lazy("An area of the file has a name that cannot be used."),
    "level_unknown": gettext_lazy("The codes do not tell the level of the areas: choose it."),
    "level_changed": gettext_lazy("An area would change its level."),
    "parent_unknown": gettext_lazy("There is no such parent area."),
    "parent_too_low": gettext_lazy("The parent area is not above the level of the areas."),
    "outside_parent": gettext_lazy("Areas lie outside their parent; perhaps the datum is wrong."),
    "second_city": gettext_lazy("There is a city already: these areas need a parent."),
    "property_unknown": gettext_lazy("The file has no such property."),
    "file_damaged": gettext_lazy("The file is damaged."),
    "file_empty": gettext_lazy("The file holds nothing that could be used."),
    "file_incomplete": gettext_lazy("The zip file lacks a part of the Shapefile."),
    "zip_bomb": gettext_lazy("The zip file would unpack to far too much."),
    "zip_encrypted": gettext_lazy("The zip file is encrypted: unpack it first."),
    "crs_missing": gettext_lazy("The file does not say in which reference system it is: name it."),
    "crs_unknown": gettext_lazy("There is no such reference system."),
    "crs_impossible": gettext_lazy("The coordinates do not fit the reference system: name the true one."),
    "datum_impossible": gettext_lazy("The coordinates do not fit the datum."),
    "file_gone": gettext_lazy(
        "This file is not kept any more. Start again, and send the file anew where one is needed."
    ),
    "file_over_limit": gettext_lazy("The file is larger than 12 MB."),
    "no_run": gettext_lazy("There is no such background work, or it is no longer kept."),
    "no_paper": gettext_lazy("There is no such form."),
    "no_work": gettext_lazy("There is no such kind of background work."),
    "task_unreadable": gettext_lazy("The task file cannot be read as it is."),
    "search_too_long": gettext_lazy("A search takes an hour at most: 3,600 seconds."),
    "input_unknown": gettext_lazy("There is no such choice."),
    "input_too_long": gettext_lazy("This is too long."),
    "work_over": gettext_lazy("This is over already; there is nothing to stop."),
    "work_too_many": gettext_lazy("Five of your runs are waiting or running. Wait for one of them, or stop one."),
    "work_unknown": gettext_lazy("The program no longer does this kind of work."),
    "work_abandoned": gettext_lazy(
        "The program that did this ended before it was done, for instance in a power cut. Start it again."
    ),
    "work_interrupted": gettext_lazy("The server was restarted before this was done. Start it again."),
    "work_failed": gettext_lazy(
        "Something went wrong on our side. Start it again; if it fails again, tell the system administrator."
    ),
    "ground_outside_city": gettext_lazy("Nothing in the file lies in the city: another place, or another datum."),
    "osm_outside_world": gettext_lazy("The file has a place that is none on earth: degrees of WGS84 are wanted."),
    "osm_never_saved": gettext_lazy(
        "The file holds what was drawn and never uploaded: upload it in the editor and save it again."
    ),
    "osm_without_ways": gettext_lazy("The file has points alone, not one road or house: it was probably cut off."),
    "osm_without_nodes": gettext_lazy(
        "The file says of no way where it lies: nodes must stand in it, before the ways."
    ),
    "tiles_unknown": gettext_lazy("The tiles of this file are of a kind that cannot be read here."),
    "account_has_post": gettext_lazy("This account holds a post already."),
    "account_is_open": gettext_lazy("This account is open."),
    "area_not_sure": gettext_lazy("Several areas are called so: write the code."),
    "area_unknown": gettext_lazy("There is no such area: write its code or its name."),
    "asked_for_already": gettext_lazy("This role was asked for already and waits for an answer."),
    "city_is_founded": gettext_lazy("This instance has a city or an account already."),
    "day_has_passed": gettext_lazy("This day has passed: choose yesterday, today or a later day."),
    "email_taken": gettext_lazy("Another account has this address."),
    "end_has_passed": gettext_lazy("The last day must not have passed."),
    "ends_before_it_begins": gettext_lazy("The last day lies before the first."),
    "invitation_over": gettext_lazy("This link does not work any more. Ask whoever invited you for a new one."),
    "account_ended": gettext_lazy("This account was ended: open it again before it is given a role."),
    "not_come_in_yet": gettext_lazy(
        "Nobody has come into this account yet. Security and audit administration are given once its owner has chosen a password."
    ),
    "last_holder": gettext_lazy(
        "Nobody else holds this administration for the whole city without an end: give it to somebody else first."
    ),
    "link_around_separation": gettext_lazy(
        "This account holds security or audit administration: only whoever runs the server makes a link to it."
    ),
    "link_needs_second": gettext_lazy(
        "This account is in use: a security administrator has to agree before a link is made."
    ),
    "link_asked_already": gettext_lazy("A new link was asked for already; it waits for a security administrator."),
    "link_needs_nobody": gettext_lazy("A link can be made at once; nobody has to be asked."),
    "own_link": gettext_lazy("Whoever asked for a link does not decide on it."),
    "no_organisation": gettext_lazy("There is no such organisation."),
    "no_rules_version": gettext_lazy("There is no such version of the rules."),
    "no_template": gettext_lazy("There is no such template, or it is not in use."),
    "no_worker": gettext_lazy("There is no such worker."),
    "nothing_asked_for": gettext_lazy("This role waits for no answer any more."),
    "nothing_to_found": gettext_lazy(
        "There is nothing to set up here: the address is wrong, or the city is set up already."
    ),
    "nothing_to_hand_over": gettext_lazy("None of these cases can go over to this person."),
    "organisation_code_missing": gettext_lazy("An organisation needs a code."),
    "organisation_code_taken": gettext_lazy("Another organisation has this code."),
    "organisation_has_ended": gettext_lazy("This organisation is in use no more."),
    "organisation_in_use": gettext_lazy("This organisation is in use without an end."),
    "organisation_kind_unknown": gettext_lazy("There is no such kind of organisation."),
    "organisation_name_missing": gettext_lazy("An organisation needs a name of at most 120 characters."),
    "organisation_unknown": gettext_lazy("There is no such organisation, or it is in use no more."),
    "own_account": gettext_lazy(
        "Nobody ends the account that they are signed in with: another system administrator does."
    ),
    "person_name_missing": gettext_lazy("Say what the person is called, in at most 60 characters."),
    "post_unknown": gettext_lazy("There is no such post."),
    "retention_out_of_bounds": gettext_lazy("This cannot be kept for so many days; the bounds stand beside it."),
    "same_as_before": gettext_lazy("This is what is on record already."),
    "template_moved_on": gettext_lazy("Somebody else wrote this template anew just now; look again."),
    "template_title_missing": gettext_lazy("A template needs a title of at most 60 characters."),
    "template_words_missing": gettext_lazy("A template needs words, at most 2,000 characters."),
    "unknown_retention": gettext_lazy("Nothing is kept under this name."),
    "unknown_step": gettext_lazy("There is no such step."),
    "worker_code_missing": gettext_lazy("A worker needs a code."),
    "worker_code_taken": gettext_lazy("Another worker has this code."),
    "worker_in_post": gettext_lazy("This worker is in post without an end."),
    "worker_name_missing": gettext_lazy("A worker needs a name of at most 60 characters."),
    "wrong_state": gettext_lazy("It is no longer in a state that allows this; look at it again."),
}


def in_words(said: Filled) -> str:
    """Words with values in the language of the request."""
    return gettext(said.words) % {
        name: in_words(value) if isinstance(value, Filled) else value for name, value in said.values.items()
    }


# A rule of the guard against formalism is refused by its words and its code.
WORDS |= {rule.value: format_lazy("{} ({})", gettext_lazy(said.words), rule.value) for rule, said in SAID.items()}


# What is wrong differs with what was asked for: the error's own words say it, in the reader's language.
_SAID_BY_THEMSELVES = frozenset({"fact_bad"})


def words(error: GezhiError) -> str:
    """The error in the language of the request; the program's own English where no translation is on record."""
    if error.said is not None and error.code in _SAID_BY_THEMSELVES:
        return in_words(error.said)
    text = WORDS.get(error.code)
    if text is None:
        return error.message
    return str(text) if error.said is None else str(text) % error.said.values


def status(error: GezhiError) -> int:
    """The HTTP status of an error."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)


def title(error: GezhiError) -> str:
    """What kind of error it is, in two or three words."""
    if isinstance(error, errors.InvalidInput):
        return gettext("Please correct the input")
    if isinstance(error, errors.NotAllowed):
        return gettext("Not allowed")
    if isinstance(error, errors.NotFound):
        return gettext("Not found")
    if isinstance(error, errors.TooLarge):
        return gettext("Too large")
    return gettext("Not possible now")


def retry_after(error: GezhiError) -> str | None:
    """The value of ``Retry-After``, in seconds, where the error says how long to wait."""
    wait = error.details.get("wait")
    return None if wait is None else str(wait)
