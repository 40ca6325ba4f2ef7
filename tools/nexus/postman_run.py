"""What ``nexus.postman`` cannot read in the document: an order that can be run, whose ids are kept, and what is right too."""

FOLDERS = ["auth", "catalog", "listening", "discovery", "library", "reviews", "rights"]
LAST_FOLDERS = [
    "curating",
    "moderation",
    "staff",
]  # `curating` goes on with a recording of its own, without sound
FIRST = [
    "log_in",  # the tokens of all others
    "playback_begin",
    "shelves_list",
    "shelves_put",
    "shelf_items_put",
    "reviews_create",
    "export_begin",
    "books_create",
    "books_change",  # before a recording of it counts up its version
    "people_create",
    "people_change",
    "audiobooks_create",
    "audiobooks_change",
    "chapters_replace",
    "audiobooks_publish",
    "audiobooks_withdraw",
    "audiobooks_restore",
    "uploads_create",
]
LAST = [
    "sessions_list", "session_end", "sessions_end", "log_out", "deletion", "deletion_request", "deletion_withdraw",
    "playback_close", "shelves_delete", "reviews_delete",
]  # fmt: skip
# What a part of an address is about: whose id an answer has, and which id stands after it.
KINDS = {
    "audiobooks": "audiobook",
    "bookmarks": "bookmark",
    "books": "book",
    "conflicts": "conflict",
    "export": "job",
    "follows": "follow",
    "items": "shelf_item",
    "jobs": "job",
    "library": "audiobook",
    "lookups": "lookup",
    "people": "person",
    "playback": "sitting",
    "proposals": "proposal",
    "reviews": "review",
    "series": "series",
    "sessions": "session",
    "shelf-items": "shelf_item",
    "shelves": "shelf",
    "uploads": "upload",
}

# Members of a body, and parameters of a path, that are sent from variables.
VARIABLES = {
    "username": "{{username}}",
    "password": "{{password}}",
    "current_password": "{{password}}",
    "refresh_token": "{{refresh_token}}",
    "token": "{{mailed_token}}",
    "audiobook": "{{audiobook_id}}",
    "book": "{{book_id}}",
    "person": "{{person_id}}",
    "uploads": "{{upload_id}}",
    "into": "{{other_person_id}}",
    "position": "1",
}
CALLER_NAMES = {"bookmarks_put", "shelves_put"}  # the id is the caller's
# What is right too, where one curator alone, who waits for nothing, cannot have what a request is about.
RIGHT_TOO = {
    **dict.fromkeys(
        ("verify_email", "password_reset_confirm", "deletion_cancel", "follows_stop"), "400"
    ),  # mailed
    **dict.fromkeys(
        ("audiobook_stream", "audiobook_download"), "404"
    ),  # the encoder makes them after the start
    **dict.fromkeys(("conflicts_resolve", "conflicts_undo"), "404"),  # two devices have to disagree
    **dict.fromkeys(("reviews_report", "reviews_vote"), "403"),  # of one's own review
    "reviews_vote_take_back": "404",  # nobody may vote for their own
    **dict.fromkeys(
        ("jobs_cancel", "jobs_retry"), "404"
    ),  # nobody sends the bytes of the upload, so there is no job
    **dict.fromkeys(
        ("lookups_get", "proposals_accept", "proposals_reject"), "404"
    ),  # a catalogue outside is asked
    "jobs_create": "409",
}
STAFF = {"moderation", "staff"}  # for whom a curator gets 403
SETTABLE = {
    "base_url": "http://127.0.0.1:8000",
    "username": "ada",
    "password": "",
    "mailed_token": "from-the-letter",
}
