"""A Singer tap for the gateway's messages, as the SDK's template for a REST source makes it."""

from datetime import datetime, timedelta
from typing import Any

import requests
from singer_sdk import Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import APIKeyAuthenticator
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.helpers.types import Context
from singer_sdk.pagination import BaseAPIPaginator
from singer_sdk.streams import RESTStream

DAY = timedelta(days=1)
LAST_ID = 2**63 - 1


class DayPaginator(BaseAPIPaginator[datetime]):
    """Goes from one day to the next, also where a day is empty."""

    def __init__(self, first: datetime, end: datetime) -> None:
        super().__init__(first)
        self._end = end

    def has_more(self, response: requests.Response) -> bool:
        return self.current_value + DAY < self._end

    def get_next(self, response: requests.Response) -> datetime:
        return self.current_value + DAY

    def continue_if_empty(self, response: requests.Response) -> bool:
        return True


class MessagesStream(RESTStream[datetime]):
    """Messages, asked for day by day; each run begins some days before the newest one known."""

    name = "messages"
    path = "/getallsms"
    primary_keys = ("id",)
    replication_key = "created"
    records_jsonpath = "$.smss.*"
    schema = th.PropertiesList(
        th.Property("id", th.IntegerType(maximum=LAST_ID)),
        th.Property("sendto", th.StringType),
        th.Property("body", th.StringType),
        th.Property("customerid", th.IntegerType(maximum=LAST_ID)),
        th.Property("status", th.IntegerType(maximum=2**31 - 1)),
        th.Property("statustitle", th.StringType),
        th.Property("deviceid", th.IntegerType(maximum=LAST_ID)),
        th.Property("urgent", th.BooleanType),
        th.Property("created", th.DateTimeType),
        th.Property("senttime", th.DateTimeType),
        th.Property("timetosend", th.DateTimeType),
        th.Property("sim", th.IntegerType(maximum=2**31 - 1)),
        th.Property("paketid", th.IntegerType(maximum=LAST_ID)),
        th.Property("pakettitle", th.StringType),
        th.Property("paketbody", th.StringType),
    ).to_dict()

    @property
    def url_base(self) -> str:
        return str(self.config["api_url"])

    @property
    def authenticator(self) -> APIKeyAuthenticator:
        return APIKeyAuthenticator(key="token", value=self.config["token"], location="params")

    def get_new_paginator(self) -> DayPaginator:
        first = datetime.fromisoformat(self.config["start_date"])
        known = self.get_starting_timestamp(None) or first
        again = known - timedelta(days=self.config["lookback_days"])
        begin = max(first, again.replace(hour=0, minute=0, second=0, microsecond=0))
        return DayPaginator(begin, datetime.fromisoformat(self.config["end_date"]))

    def get_url_params(self, context: Context | None, day: datetime | None) -> dict[str, Any]:
        begin = day or datetime.fromisoformat(self.config["start_date"])
        return {
            "timezone": "UTC",
            "begindate": f"{begin:%Y-%m-%d %H:%M:%S}",
            "enddate": f"{begin + DAY:%Y-%m-%d %H:%M:%S}",
        }

    def post_process(self, row: dict[str, Any], context: Context | None = None) -> dict[str, Any]:
        for name in ("created", "senttime", "timetosend"):
            if row[name]:
                row[name] = row[name]["date"].replace(" ", "T") + "+00:00"
        return row


class GatewayTap(Tap):
    """The tap: one stream."""

    name = "tap-gateway"
    message_writer_class = MsgSpecWriter
    config_jsonschema = th.PropertiesList(
        th.Property("api_url", th.StringType, required=True),
        th.Property("token", th.StringType, required=True, secret=True),
        th.Property("start_date", th.DateTimeType, required=True),
        th.Property("end_date", th.DateTimeType, required=True),
        th.Property("lookback_days", th.IntegerType, default=7),
    ).to_dict()

    def discover_streams(self) -> list[MessagesStream]:
        return [MessagesStream(self)]


if __name__ == "__main__":
    GatewayTap.cli()
