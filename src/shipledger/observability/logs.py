"""Log lines: a readable sentence and fields, for a person or a program, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from textwrap import indent
from typing import Any, Literal, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from shipledger.observability.terminal import on_lines, on_one_line

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "console", "json"]

REDACTED = "[redacted]"
NESTING_LIMIT = 6
_MARGIN = "  "
"""Stands before each line of a traceback on the console: a line that begins without it is one of ours."""

_SECRET_FIELD = re.compile(
    r"(authorization|cookie|password|passphrase|secret|secret[_-]?hash|token|credentials|signature|jwt|api[_-]?key"
    r"|app(lication)?[_-]?key|genie[_-]?key)s?$",
    re.IGNORECASE,
)

_SECRET_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b(GenieKey|Bearer|Basic|JWT)(\s+|%20)(?!verification )[^\s\"',;\\]+"), rf"\1 {REDACTED}"),
    (re.compile(r"(?i)(\b(?:dd-)?(?:api|app(?:lication)?|genie)[-_]?key[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&}]+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)(\b\w*(?:token|secret|password|jwt)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&}]+"), rf"\1{REDACTED}"),
    (re.compile(r"(\w://[^/\s:@]*:)[^/\s@]+@"), rf"\1{REDACTED}@"),
    (re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[A-Za-z0-9_-]{43}(?![\w-])"), REDACTED),
)
"""What a secret looks like inside a text: with its scheme, with its name, in a URL, or the bare 43 characters of one of ours."""


_CHATTY_LIBRARIES = ("python_multipart",)
"""They warn of everything that a sender does wrong, who is told anyway."""


def new_logger(*, level: Level, output: Format, stream: TextIO | None = None) -> FilteringBoundLogger:
    """A logger that writes to ``stream``, by default standard error. Nothing process-wide is configured."""
    target = sys.stderr if stream is None else stream
    return cast(
        "FilteringBoundLogger",
        structlog.wrap_logger(
            structlog.WriteLogger(target),
            processors=_processors(target, output),
            wrapper_class=structlog.make_filtering_bound_logger(level),
            context_class=dict,
            cache_logger_on_first_use=False,
        ),
    )


def configure_logging(*, level: Level, output: Format, stream: TextIO | None = None) -> None:
    """Let every logger of this process, ours and those of libraries, write as ``new_logger`` does.

    For the composition root of a server, once: it is the one process-wide effect in this file.
    """
    target = sys.stderr if stream is None else stream
    structlog.configure(
        processors=_processors(target, output),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        context_class=dict,
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [StandardHandler(new_logger(level=level, output=output, stream=target))]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    for name in _CHATTY_LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = True


def redact_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event without secrets, whether a field is named like one or a text holds one. For structlog."""
    return {name: _redact_field(name, value, depth=0) for name, value in event.items()}


def redact_text(text: str) -> str:
    """The text without what looks like a secret."""
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text


class StandardHandler(logging.Handler):
    """Writes records of the standard library's logging as lines of ours, with the library's name in ``library``."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a record that cannot be written is reported as the standard library does."""
        try:
            fields: dict[str, Any] = {"library": record.name}
            if record.exc_info:
                fields["exc_info"] = record.exc_info
            self._method_for(record.levelno)(record.getMessage(), **fields)
        except Exception:  # noqa: BLE001  a handler may never fail its caller
            self.handleError(record)

    def _method_for(self, level_number: int) -> Callable[..., Any]:
        if level_number >= logging.ERROR:
            return self._logger.error
        if level_number >= logging.WARNING:
            return self._logger.warning
        return self._logger.info if level_number >= logging.INFO else self._logger.debug


def _redact_field(name: str, value: object, *, depth: int) -> object:
    if _SECRET_FIELD.search(name):
        return REDACTED
    return _redact(value, depth=depth)


def _redact(value: object, *, depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return REDACTED if depth >= NESTING_LIMIT else _redact_within(value, depth=depth + 1)
    return redact_text(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))


def _redact_within(values: Mapping[Any, Any] | Iterable[Any], *, depth: int) -> object:
    if isinstance(values, Mapping):
        return {str(name): _redact_field(str(name), inner, depth=depth) for name, inner in values.items()}
    return [_redact(inner, depth=depth) for inner in values]


def _processors(target: TextIO, output: Format) -> list[Processor]:
    is_console = output == "console" or (output == "auto" and target.isatty())
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact_secrets,
        *(_console_renderers(target) if is_console else _json_renderers()),
    ]


def _console_renderers(target: TextIO) -> list[Processor]:
    """Tracebacks without local variables: those hold secrets."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=target.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    return [_escape_controls, renderer]


def _json_renderers() -> list[Processor]:
    return [_lead_with_the_sentence, structlog.processors.JSONRenderer()]


def _escape_controls(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What a client sent must not steer the terminal of the person who reads it, nor look like a line of its own."""
    escaped = {name: _escape(value) for name, value in event.items() if name != "exception"}
    if "exception" in event:
        escaped["exception"] = indent(on_lines(str(event["exception"])), _MARGIN)
    return escaped


def _escape(value: object) -> object:
    """Texts escaped; of what holds other values, the representation, which the renderer would write as well."""
    if isinstance(value, str):
        return on_one_line(value)
    return value if value is None or isinstance(value, bool | int | float) else on_one_line(repr(value))


def _lead_with_the_sentence(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    leading = {"timestamp": event.pop("timestamp"), "level": event.pop("level"), "message": event.pop("event", "")}
    return {**leading, **event}
