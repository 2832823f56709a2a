"""What an order may say, and how a wrong one is explained."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

MAX_BODY = 16 * 1024
"""The longest request body in bytes; an order needs some two hundred."""


class NewOrder(BaseModel):
    """An order as it is posted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    item: Annotated[str, Field(min_length=1, max_length=100)]
    quantity: Annotated[int, Field(ge=1, le=1000)]

    @field_validator("item")
    @classmethod
    def _is_printable(cls, item: str) -> str:
        if not item.isprintable() or item != item.strip():
            raise ValueError("must be printable, without spaces at its ends")
        return item


class InvalidOrder(Exception):
    """The body is no order; `status` is the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def parse(body: bytes) -> NewOrder:
    """The order in `body`; raises InvalidOrder naming every wrong field and what it may be."""
    try:
        return NewOrder.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    if errors[0]["type"] == "json_invalid":
        raise InvalidOrder(400, f"body: is not JSON: {errors[0]['ctx']['error']}")
    raise InvalidOrder(422, "; ".join(_reason(entry) for entry in errors))


def _reason(entry: Any) -> str:
    field = ".".join(str(part) for part in entry["loc"])[:100] or "body"
    match entry["type"]:
        case "missing":
            return f"{field}: is required"
        case "extra_forbidden":
            return f"{field}: is not a field of an order; allowed are {', '.join(NewOrder.model_fields)}"
        case "int_type" | "int_from_float" | "int_parsing" | "int_parsing_size":
            return f"{field}: must be a whole number, given {_shown(entry['input'])}"
        case "greater_than_equal" | "less_than_equal":
            return f"{field}: must be from 1 to 1000, given {_shown(entry['input'])}"
        case "string_type":
            return f"{field}: must be text, given {_shown(entry['input'])}"
        case "string_too_short" | "string_too_long":
            return f"{field}: must have 1 to 100 characters"
        case "value_error":
            return f"{field}: {entry['ctx']['error']}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"body: must be a JSON object with {', '.join(NewOrder.model_fields)}"
    return f"{field}: {entry['msg']}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
