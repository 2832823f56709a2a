"""What the value of a setting looks like: a pattern or a check, and the words that a refusal says instead of it. Pure."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo

from components._schedules import schedule_problems, zone_problem
from components._texts import one_line
from components.gitops.credentials import ADDRESS

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


def text_like(pattern: str, allowed: str) -> Any:
    """A text that matches `pattern`; `allowed` is what a refusal says instead of the pattern."""
    return Field(pattern=pattern, description=allowed)


Name = Annotated[str, text_like(r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$", "lower-case letters, digits and hyphens, at most 40, a letter first")]
Quantity = Annotated[str, text_like(r"^[1-9][0-9]*(Mi|Gi|Ti)$", "a size such as 512Mi or 10Gi")]
Interval = Annotated[str, text_like(r"^([1-9]|[1-9][0-9]+)(s|m)$", "an interval such as 30s or 1m")]
Duration = Annotated[str, text_like(r"^[1-9][0-9]*(h|d|w)$", "a time such as 12h or 3d")]
Domain = Annotated[str, text_like(rf"^({_LABEL}(\.{_LABEL})*)?$", "a domain such as shop.example.com, or nothing")]


def _schedule(text: str) -> str:
    if any(schedule_problems(text)):
        raise ValueError
    return text


def _zone(name: str) -> str:
    if zone_problem(name):
        raise ValueError
    return name


Cron = Annotated[
    str, AfterValidator(_schedule), Field(description="five cron fields such as 0 6 * * mon-fri that some day fits, @daily or @every 1h")
]
TimeZone = Annotated[str, AfterValidator(_zone), Field(description="a zone name such as Etc/UTC or Europe/Berlin")]


def _block(shortest: int, longest: int) -> Callable[[str], str]:
    """A check for an address block whose prefix is between the two."""

    def check(text: str) -> str:
        block = IPv4Network(text)
        if not shortest <= block.prefixlen <= longest:
            raise ValueError
        return text

    return check


EKS_SERVICES = "172.20.0.0/16"
"""Addresses of Services on EKS: outside 10.0.0.0/8, where the VPC and whatever it is peered with live."""

_INSIDE = ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
_PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
_MOST_CALLERS = 40


def _caller(text: str) -> str:
    """EKS takes 40 blocks, none of them reserved (EKS user guide, "Cluster API server endpoint")."""
    if any(IPv4Network(text).overlaps(IPv4Network(inside)) for inside in _INSIDE):
        raise ValueError
    return text


def _own_block(text: str) -> str:
    """A network of our own lies in the ranges for private use, and apart from its Services."""
    block = IPv4Network(text)
    if block.overlaps(IPv4Network(EKS_SERVICES)) or not any(block.subnet_of(IPv4Network(private)) for private in _PRIVATE):
        raise ValueError
    return text


def _in_region(zones: list[str], model: ValidationInfo) -> list[str]:
    if len(set(zones)) != len(zones) or any(zone[:-1] != model.data.get("region", zone[:-1]) for zone in zones):
        raise ValueError
    return zones


def _of_region(name: str | None, model: ValidationInfo) -> str | None:
    """A key or certificate is used in its own region alone."""
    if name and "region" in model.data and model.data["region"] not in name.replace("/", ":").split(":"):
        raise ValueError
    return name


GitAddress = Annotated[
    str,
    text_like(
        ADDRESS,
        "an address such as https://git.example/platform.git, ssh://git@git.example:7999/platform.git or git@git.example:platform.git,"
        " without a password",
    ),
]
AwsRegion = Annotated[str, text_like(r"^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[1-9]$", "a region such as eu-central-1")]
AwsAccount = Annotated[str, text_like(r"^[0-9]{12}$", "twelve digits in quotes")]
AwsZone = Annotated[str, text_like(r"^[a-z]{2}-[a-z]+-[1-9][a-z]$", "a zone such as eu-central-1a")]
AwsZones = Annotated[
    list[AwsZone],
    AfterValidator(_in_region),
    Field(min_length=3, max_length=3, description="three zones of the region: aws ec2 describe-availability-zones"),
]
AwsRole = Annotated[str, text_like(r"^arn:aws:iam::[0-9]{12}:role/[\w+=,.@/-]+$", "the ARN of an IAM role")]
AwsRoles = Annotated[list[AwsRole], Field(min_length=1, description="ARNs of IAM roles, the one that runs pulumi among them")]
AwsCertificate = Annotated[
    str,
    text_like(
        r"^arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$",
        "the ARN of an ACM certificate of the region; needed where frontDoor is public",
    ),
    AfterValidator(_of_region),
]
VpcBlock = Annotated[
    str,
    AfterValidator(_block(16, 20)),
    AfterValidator(_own_block),
    Field(description=f"a private block of /16 to /20, apart from {EKS_SERVICES}, such as 10.64.0.0/16"),
]
GkeBlock = Annotated[
    str,
    AfterValidator(_block(12, 16)),
    Field(description="an address block of /12 to /16 such as 10.64.0.0/14"),
]
# A public endpoint that lets in half the world or more is nobody's intention (issue 8, item 5).
Caller = Annotated[str, AfterValidator(_block(8, 32)), AfterValidator(_caller)]
Callers = Annotated[
    list[Caller],
    Field(
        max_length=_MOST_CALLERS,
        description=f"at most {_MOST_CALLERS} public address blocks of /8 or smaller that may reach the API server, such as 203.0.113.0/24;"
        " [] for none: private only",
    ),
]
GcpProject = Annotated[str, text_like(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$", "a project id: 6 to 30 lower-case letters, digits and hyphens")]
GcpNumber = Annotated[str, text_like(r"^[0-9]{6,}$", "the project's number in quotes: gcloud projects describe <project>")]
GcpRegion = Annotated[str, text_like(r"^[a-z]+-[a-z]+[1-9][0-9]?$", "a region such as europe-west3")]
_KEY = r"^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$"
GcpKey = Annotated[
    str,
    text_like(_KEY, "projects/<project>/locations/<the cluster's region>/keyRings/<ring>/cryptoKeys/<key>"),
    AfterValidator(_of_region),
]
GcpCertificate = Annotated[
    str, text_like(r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", "the name of an SSL certificate of the project; needed where frontDoor is public")
]
SecretNames = Annotated[list[Name], Field(description="names of secrets, such as shop-database")]
Switch = Annotated[bool, Field(strict=True, description="true or false")]
Moment = Annotated[str, text_like(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", "a time in UTC such as 2026-11-24T06:00:00Z")]
Seed = Annotated[str, text_like(r"^([0-9a-f]{64})?$", "64 hexadecimal digits, given with --secret: openssl rand -hex 32")]
PodCount = Annotated[int, Field(strict=True, ge=1, le=50, description="a whole number from 1 to 50")]


def shown(value: Any) -> str:
    """A value as a refusal can show it: on one line, the middle of what is long left out, the password of an address hidden."""
    return "nothing" if value is None else one_line(re.sub(r"(//[^\s/:@]*):[^\s/@]*@", r"\1:[secret]@", repr(value)), 300)


def is_slip(given: str, meant: str) -> bool:
    """Whether one letter too many, too few, or wrong, or two in each other's place, make `given` of `meant`."""
    shorter, longer = sorted((given, meant), key=len)
    if len(longer) - len(shorter) == 1:
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    differing = [at for at, (one, other) in enumerate(zip(given, meant, strict=False)) if one != other]
    swapped = (
        len(differing) == 2 and differing[1] - differing[0] == 1 and {given[at] for at in differing} == {meant[at] for at in differing}
    )
    return len(given) == len(meant) and (len(differing) == 1 or swapped)


def nearest(given: str, allowed: list[str]) -> str:
    """The one of `allowed` that was probably meant, in words; nothing where none is near."""
    import difflib  # only a failing run pays for this import

    matches = difflib.get_close_matches(given, allowed, n=1, cutoff=0.55)
    return f", did you mean '{matches[0]}'?" if matches else ""
