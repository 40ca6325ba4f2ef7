"""What accounts hold of people."""

from audiobooks.accounts.models import Registration, Session, User
from audiobooks.personal_data import Held, Nobodys

A_KEY = "It opens your account to whoever has it, or helps to guess what does."

HELD = (
    Held(User, "pk", "Your account.", withheld={"password": A_KEY}),
    Held(
        Session,
        "user",
        "The devices you are signed in on, and from where.",
        withheld={"family_digest": A_KEY, "secret_digest": A_KEY},
    ),
    Held(
        Registration,
        lambda person: Registration.objects.filter(email__iexact=person.email),
        "Who wanted an account with your address.",
        not_exported="Anybody can write your address there; it is forgotten after 24 hours.",
    ),
    Held(User.groups.through, "user", "Groups of staff you are in."),
    Held(User.user_permissions.through, "user", "What you may do in the admin."),
)
NOBODYS: Nobodys = {}
