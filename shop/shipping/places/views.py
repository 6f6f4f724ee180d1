"""Looking a place up: by village, by postcode, or step by step."""

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from shop.shipping.places.queries import find_places, path_to, regions
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.headers import shared_for

bp = Blueprint("shipping", __name__)

HOUR = 3_600


@bp.get("/wilayah")
@open_to(anyone)
@shared_for(HOUR)
def places() -> ResponseReturnValue:
    """Villages that a text can mean; or the parts of a region, from the provinces down."""
    typed = request.args.get("q", "").strip()[:120]
    inside = request.args.get("di") or None
    with database().reading() as session:
        if typed:
            found = find_places(session, typed)
            return render_template("shipping/places/places.html", typed=typed, found=found)
        path = path_to(session, inside) if inside else ()
        if inside and not path:
            abort(404)
        return render_template(
            "shipping/places/regions.html", path=path, parts=regions(session, inside)
        )


@bp.get("/wilayah.json")
@open_to(anyone)
@shared_for(HOUR)
def places_as_data() -> ResponseReturnValue:
    """The same villages for a script that helps while typing."""
    with database().reading() as session:
        found = find_places(session, request.args.get("q", ""))
    return jsonify([{"code": place.village_code, "label": place.label} for place in found])
