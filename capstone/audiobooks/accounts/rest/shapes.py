"""The bodies of accounts' requests and answers."""

from rest_framework import serializers

from audiobooks.accounts.models import User
from audiobooks.accounts.selectors import Role, Session
from audiobooks.accounts.services import SessionTokens
from lab_rest.serializers import StrictSerializer

USERNAME_RULE = "2 to 40 letters and digits; dots, hyphens and underscores between them. Public."


def password_field(help_text: str = "") -> serializers.CharField:
    """Return a field for a password: up to 128 characters, kept as they are."""
    return serializers.CharField(
        max_length=128, trim_whitespace=False, help_text=help_text, style={"input_type": "password"}
    )


def new_password_field() -> serializers.CharField:
    """Return a field for a password somebody chooses."""
    return password_field("8 to 128 characters; not a common one, and not like your name or address.")


def mailed_token_field() -> serializers.CharField:
    """Return a field for a token that came by e-mail."""
    return serializers.CharField(max_length=1000, help_text="From the e-mail. Works once.")


def refresh_token_field() -> serializers.CharField:
    """Return a field for a refresh token."""
    return serializers.CharField(max_length=1000, help_text="The one answered last; each works once.")


class CredentialsIn(StrictSerializer):
    """What a caller logs in with."""

    username = serializers.CharField(max_length=254, help_text="Username or e-mail, in any case.")
    password = password_field()


class RegistrationIn(StrictSerializer):
    """Who wants to become a user."""

    username = serializers.CharField(min_length=2, max_length=40, help_text=USERNAME_RULE)
    email = serializers.CharField(
        max_length=254, help_text="Where the confirmation is sent. Never shown to others."
    )
    password = new_password_field()


class MailedTokenIn(StrictSerializer):
    """A proof that somebody reads the mail of an address."""

    token = mailed_token_field()


class RefreshTokenIn(StrictSerializer):
    """What continues a session, or ends it."""

    refresh_token = refresh_token_field()


class PasswordResetIn(StrictSerializer):
    """Who forgot a password."""

    email = serializers.CharField(max_length=254)


class PasswordResetConfirmIn(StrictSerializer):
    """Another password, and the right to set it."""

    token = mailed_token_field()
    password = new_password_field()


class PasswordChangeIn(StrictSerializer):
    """Another password, and the present one."""

    current_password = password_field()
    password = new_password_field()


class EmailChangeIn(StrictSerializer):
    """Another address, and the password."""

    email = serializers.CharField(max_length=254, help_text="The new address; a confirmation is sent there.")
    password = password_field()


class MePatch(StrictSerializer):
    """What a user changes of themselves without further proof."""

    username = serializers.CharField(min_length=2, max_length=40, help_text=USERNAME_RULE)


class DeletionIn(StrictSerializer):
    """The proof that it is the owner who asks."""

    password = password_field()


class DeletionOut(serializers.Serializer[User]):
    """Whether an account is to be deleted."""

    due_at = serializers.DateTimeField(
        source="deletion_due_at", allow_null=True, help_text="When; null where nobody asked for it."
    )


class BrowserTokensOut(serializers.Serializer[SessionTokens]):
    """A session's access token, in the words of RFC 6749, section 5.1; the refresh token is in a cookie."""

    access_token = serializers.CharField(source="access.text", help_text="For `Authorization: Bearer …`.")
    token_type = serializers.SerializerMethodField()
    expires_in = serializers.IntegerField(
        source="access.expires_in_s", help_text="Seconds the access token is good."
    )
    refresh_expires_at = serializers.DateTimeField(
        source="session.expires_at", help_text="When the session ends unless it is refreshed before."
    )

    def get_token_type(self, _tokens: SessionTokens) -> str:
        """Return the one kind there is."""
        return "Bearer"


class TokensOut(BrowserTokensOut):
    """A session's tokens, in the words of RFC 6749, section 5.1."""

    refresh_token = serializers.CharField(help_text="Opaque. Exchange it, once, at auth/token/refresh/.")


class SessionOut(serializers.Serializer[Session]):
    """A device that is signed in."""

    id = serializers.UUIDField()
    device = serializers.CharField(help_text="As it names itself (User-Agent), shortened.")
    address = serializers.IPAddressField(allow_null=True, help_text="Where it was refreshed from last.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(help_text="When it logged in or was refreshed last.")
    expires_at = serializers.DateTimeField(help_text="30 days after its last use, 90 after it began at most.")
    is_current = serializers.SerializerMethodField(
        help_text="Whether this request's access token came from it."
    )

    def get_is_current(self, session: Session) -> bool:
        """Return whether the caller asks from this session."""
        return session.id == self.context.get("session_id")


class MeOut(serializers.Serializer[User]):
    """The caller."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=[role.value for role in Role])
