from enum import Enum


class Role(str, Enum):
    LISTENER = "LISTENER"
    CURATOR = "CURATOR"
    STAFF = "STAFF"


class AudiobookOrder(str, Enum):
    TITLE = "TITLE"
    TITLE_DESC = "TITLE_DESC"
    RELEASED_ON = "RELEASED_ON"
    RELEASED_ON_DESC = "RELEASED_ON_DESC"
    DURATION = "DURATION"
    DURATION_DESC = "DURATION_DESC"


class Access(str, Enum):
    OPEN = "OPEN"
    MEMBERS = "MEMBERS"
    RESTRICTED = "RESTRICTED"


class AudiobookStatus(str, Enum):
    DRAFT = "DRAFT"
    PROCESSING = "PROCESSING"
    READY = "READY"
    WITHDRAWN = "WITHDRAWN"


class CreditRole(str, Enum):
    AUTHOR = "AUTHOR"
    NARRATOR = "NARRATOR"
    TRANSLATOR = "TRANSLATOR"
    EDITOR = "EDITOR"


class Closeness(str, Enum):
    WORDS = "WORDS"
    KEY_WORDS = "KEY_WORDS"
    NEAR_WORDS = "NEAR_WORDS"
    SIMILAR = "SIMILAR"


class SuggestionKind(str, Enum):
    AUDIOBOOK = "AUDIOBOOK"
    PERSON = "PERSON"
    SERIES = "SERIES"


class EntryState(str, Enum):
    WISHLIST = "WISHLIST"
    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    ABANDONED = "ABANDONED"


class EntryOrder(str, Enum):
    CHANGED_AT_DESC = "CHANGED_AT_DESC"
    TITLE = "TITLE"


class Outcome(str, Enum):
    APPLIED = "APPLIED"
    DUPLICATE = "DUPLICATE"
    SUPERSEDED = "SUPERSEDED"
    CONFLICT = "CONFLICT"
    REJECTED = "REJECTED"


class ReviewOrder(str, Enum):
    HELPFUL_DESC = "HELPFUL_DESC"
    CREATED_AT_DESC = "CREATED_AT_DESC"
    OVERALL_DESC = "OVERALL_DESC"
    OVERALL = "OVERALL"


class ReviewReason(str, Enum):
    SPAM = "SPAM"
    ABUSE = "ABUSE"
    SPOILER = "SPOILER"
    OFF_TOPIC = "OFF_TOPIC"
    OTHER = "OTHER"
