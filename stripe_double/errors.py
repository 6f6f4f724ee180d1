"""How the payment double says no: in Stripe's form, so that its library reads it as Stripe's."""


class Refusal(Exception):
    """An answer in Stripe's form for errors."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        given = {"type": kind, "message": message, "code": code, "param": param}
        self.error = {name: value for name, value in given.items() if value is not None}


def missing(kind: str, key: str, param: str = "id") -> Refusal:
    """Stripe's words for an id it does not know."""
    words = f"No such {kind.replace('.', ' ')}: '{key}'"
    return Refusal(words, status=404, code="resource_missing", param=param)
