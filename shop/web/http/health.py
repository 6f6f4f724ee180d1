"""What machines ask: is it alive, can it serve."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to(anyone)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"ok": True}


@bp.get("/readyz")
@open_to(anyone)
def ready() -> ResponseReturnValue:
    """The process answers and its database does too."""
    try:
        with database().reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"ok": False, "fault": "database"}, 503
    return {"ok": True}
