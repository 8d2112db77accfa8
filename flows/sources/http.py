"""One HTTP client for all network sources: polite, bounded, and patient with servers that fail in passing.

Redirects are followed by hand, so that none leads away from http and https. An answer is taken into a temporary file
and handed on only when it is whole, so that a reader never sees the half of one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import IO

import httpx

from flows.readers.errors import UnreadableSource
from flows.sources.addresses import shown
from flows.sources.cache import MAX_BODY_BYTES, Cache, Validators
from flows.sources.settings import Settings
from flows.sources.turns import wait_for_turn

_MAX_REDIRECTS = 5
_MAX_WAIT_SECONDS = 120.0
_MIN_BYTES_PER_SECOND = 1024
_PASSING = (429, 500, 502, 503, 504)


class _PassingError(Exception):
    """A failure that may be gone at the next try; ``wait`` is how long the server asks to wait, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Client:
    """Fetches addresses; to be closed, or used in a ``with``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cache = Cache(settings.cache)
        self._http = httpx.Client(
            # What is packed in another way than gzip could not be unpacked with a bound on its size.
            headers={"User-Agent": _user_agent(settings.contact), "Accept-Encoding": "gzip"},
            timeout=settings.timeout,
            follow_redirects=False,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.close()

    def fetch(self, url: str, *, delay: float = 0.0) -> IO[bytes]:
        """The whole answer of an address as a temporary file, packed as the server packed it.

        Args:
            url: an http or https address.
            delay: seconds that must lie between two requests to the same host.

        Raises:
            UnreadableSource: where it cannot be had; the reason says after how many tries.
        """
        tries = self._settings.retries + 1
        for number in range(1, tries + 1):
            try:
                return self._try(url, delay)
            except _PassingError as error:
                wait = error.wait if error.wait is not None else self._settings.backoff * 2 ** (number - 1)
                if number == tries or wait > _MAX_WAIT_SECONDS:
                    asks = f"; the server asks to wait {wait:.0f} s" if wait > _MAX_WAIT_SECONDS else ""
                    raise UnreadableSource(shown(url), f"{error} (tries: {number}){asks}") from error
                time.sleep(wait)
        raise AssertionError("unreachable")

    def _try(self, url: str, delay: float) -> IO[bytes]:
        try:
            return self._follow(url, delay)
        except httpx.TimeoutException as error:
            raise _PassingError(f"no answer within {self._settings.timeout:g} s") from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
            raise UnreadableSource(shown(url), f"not an http(s) address ({error})") from error
        except httpx.RemoteProtocolError as error:
            raise _PassingError(f"the answer was cut short ({error})") from error
        except httpx.TransportError as error:
            raise _PassingError(f"no connection ({error})") from error

    def _follow(self, url: str, delay: float) -> IO[bytes]:
        kept = self._cache.find(url)
        target = httpx.URL(url)
        for _ in range(_MAX_REDIRECTS + 1):
            if target.scheme not in ("http", "https"):
                raise UnreadableSource(shown(url), f"leads to {target.scheme}: — only http and https are followed")
            wait_for_turn(self._settings.cache, target.host, delay)
            with self._http.stream("GET", target, headers=kept[0].headers() if kept else None) as answer:
                if answer.has_redirect_location:
                    target = target.join(answer.headers["Location"])
                elif answer.status_code == httpx.codes.NOT_MODIFIED and kept:
                    return kept[1]
                else:
                    return self._take(url, answer)
        raise UnreadableSource(shown(url), f"more than {_MAX_REDIRECTS} redirects")

    def _take(self, url: str, answer: httpx.Response) -> IO[bytes]:
        self._check(url, answer)
        body: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        started, size = time.monotonic(), 0
        for part in answer.iter_raw():
            size += len(part)
            self._check_size(url, size)
            seconds = time.monotonic() - started
            if seconds > self._settings.timeout and size < _MIN_BYTES_PER_SECOND * seconds:
                raise _PassingError(f"the answer trickles in ({size} bytes in {seconds:.0f} s)")
            body.write(part)
        headers = answer.headers
        validators = Validators(url, headers.get("ETag"), headers.get("Last-Modified"), size)
        if validators.headers() and size <= MAX_BODY_BYTES and "no-store" not in headers.get("Cache-Control", ""):
            self._cache.keep(validators, body)
        body.seek(0)
        return body

    def _check(self, url: str, answer: httpx.Response) -> None:
        status = answer.status_code
        if status in _PASSING:
            raise _PassingError(f"the server says {status} {answer.reason_phrase}", _retry_after(answer))
        if status != httpx.codes.OK:
            raise UnreadableSource(shown(url), f"the server says {status} {answer.reason_phrase}")
        packing = answer.headers.get("Content-Encoding", "identity").lower()
        if packing not in ("identity", "gzip", "x-gzip"):
            raise UnreadableSource(shown(url), f"packed as {packing[:20]}, though only gzip was asked for")
        length = answer.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit():
            self._check_size(url, int(length))

    def _check_size(self, url: str, size: int) -> None:
        if size > self._settings.max_bytes:
            reason = f"larger than {self._settings.max_bytes:,} bytes (PAPERCLAIMS_MAX_DOWNLOAD sets the limit)"
            raise UnreadableSource(shown(url), reason)


def _user_agent(contact: str) -> str:
    try:
        release = version("paperclaims")
    except PackageNotFoundError:
        release = "0"
    # A header can hold neither line breaks nor characters beyond ASCII.
    contact = "".join(character for character in contact if " " <= character <= "~")
    return f"paperclaims/{release} (+https://github.com/paperclaims/paperclaims{'; ' + contact if contact else ''})"


def _retry_after(answer: httpx.Response) -> float | None:
    """The seconds of a Retry-After header, which may also be a date; None without one that can be read."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


@contextmanager
def opened(client: Client, url: str, *, delay: float = 0.0) -> Iterator[IO[bytes]]:
    """The answer of an address, closed at the end."""
    body = client.fetch(url, delay=delay)
    with body:
        yield body
