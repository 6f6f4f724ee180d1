"""The floor: what nobody can beat with Flask, SQLAlchemy and Jinja on the same database.

A bare app: one query and one compiled page of 24 cards; one product; one order of eight
statements. The shop's pages are told as multiples of these, because machines differ.
"""

import os
from pathlib import Path

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
    update,
)

CARDS = 24
GOODS = 150

_tables = MetaData()
goods = Table(
    "goods",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("name", String(80)),
    Column("maker", String(80)),
    Column("price", Integer),
    Column("stock", Integer),
)
orders = Table("orders", _tables, Column("id", Integer, primary_key=True), Column("total", Integer))
lines = Table(
    "lines",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("order_id", ForeignKey("orders.id")),
    Column("goods_id", ForeignKey("goods.id")),
    Column("packs", Integer),
)


def create_app(url: str | None = None) -> Flask:
    """The bare app over its own small database (``BENCH_FLOOR`` unless told)."""
    url = url or os.environ["BENCH_FLOOR"]
    read, write = (_engine(url, begin) for begin in ("BEGIN", "BEGIN IMMEDIATE"))
    _fill(write)
    app = Flask("floor", template_folder=str(Path(__file__).parent / "templates"))
    app.extensions["engines"] = (read, write)

    @app.get("/")
    def cards() -> ResponseReturnValue:
        after = request.args.get("after", 0, int)
        with read.connect() as connection:
            rows = connection.execute(
                select(goods.c.id, goods.c.name, goods.c.maker, goods.c.price)
                .where(goods.c.id > after)
                .order_by(goods.c.id)
                .limit(CARDS)
            ).all()
        return render_template("floor_list.html", rows=rows)

    @app.get("/goods/<int:key>")
    def one(key: int) -> ResponseReturnValue:
        with read.connect() as connection:
            row = connection.execute(select(goods).where(goods.c.id == key)).one()
        return render_template("floor_product.html", row=row)

    @app.post("/order")
    def order() -> ResponseReturnValue:
        wanted = sorted(request.form.getlist("goods", int))
        with write.begin() as connection:
            prices = connection.execute(
                select(goods.c.id, goods.c.price).where(goods.c.id.in_(wanted))
            ).all()
            for key in wanted:
                connection.execute(
                    update(goods)
                    .where(goods.c.id == key, goods.c.stock >= 1)
                    .values(stock=goods.c.stock - 1)
                )
            total = sum(price for _key, price in prices)
            made = connection.execute(insert(orders).values(total=total)).inserted_primary_key
            number = made[0] if made else 0
            for key in wanted:
                connection.execute(insert(lines).values(order_id=number, goods_id=key, packs=1))
        return redirect(f"/order/{number}", code=303)

    return app


def _engine(url: str, begin: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _prepare(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _fill(engine: Engine) -> None:
    with engine.begin() as connection:
        _tables.create_all(connection)
        if connection.execute(select(goods.c.id).limit(1)).first() is None:
            connection.execute(
                insert(goods),
                [
                    {
                        "name": f"Keripik Singkong Balado {number}",
                        "maker": f"Koperasi Maju {number % 12}",
                        "price": 15_000 + 500 * number,
                        "stock": 1_000_000,
                    }
                    for number in range(GOODS)
                ],
            )
