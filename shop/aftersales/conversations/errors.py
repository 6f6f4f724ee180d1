"""Why a message is not taken."""

from shop.core.values.errors import NotFound, RuleBroken


class NoSuchConversation(NotFound):
    """There is none under this address for whoever asks."""


class ConversationClosed(RuleBroken):
    """The cooperative is suspended: nobody could answer."""
