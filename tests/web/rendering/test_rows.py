"""Rows of a form are found by indexes as pages write them; whatever else is posted is not there."""

from flask import Flask
from wtforms import Form, FormField, StringField

from shop.web.rendering.forms import Rows, ShopForm


class Row(Form):
    """One row."""

    harga = StringField()


class Several(ShopForm):
    """A form with rows."""

    baris = Rows(FormField(Row), max_entries=40)


def test_an_index_that_is_no_plain_number_is_left_out(app: Flask) -> None:
    posted = {
        "baris-0-harga": "12",
        "baris-7-harga": "13",
        "baris-²-harga": "14",
        "baris-٣-harga": "15",
        f"baris-{'9' * 5_000}-harga": "16",
        "baris--1-harga": "17",
        "baris": "18",
        "barisan-1-harga": "19",
    }
    with app.test_request_context("/", method="POST", data=posted):
        form = Several()
    assert [entry.form.harga.data for entry in form.baris.entries] == ["12", "13"]
