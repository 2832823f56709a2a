"""Address ranges of network policies: whether some together are as good as all addresses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..._network import PRIVATE, PUBLIC_IPV6

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network

_WIDE = {4: 8, 6: 16}
"""Prefix, by version, below which a range is no organisation's any more."""


def is_wide(blocks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some `ipBlock`s together have a range so wide that it is the internet, or more."""
    return bool(_wide(blocks))


def is_everywhere(blocks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some `ipBlock`s are together as wide as the internet and have addresses that are not public, too.

    A private range that is named by itself, beside the internet, is no part of such a range.
    """
    return any(not _is_public(network) for network in _wide(blocks))


def _wide(blocks: Sequence[Mapping[str, Any]]) -> "list[Network]":
    networks = [network for block in blocks for network in _of(block) if not _is_private(network)]
    return [network for network in _joined(networks) if network.prefixlen < _WIDE[network.version]]


def _is_public(network: "Network") -> bool:
    if network.version == 6:
        return network.subnet_of(_network(PUBLIC_IPV6))  # type: ignore[arg-type]
    return not any(network.overlaps(_network(cidr)) for cidr in PRIVATE)


def _is_private(network: "Network") -> bool:
    return network.version == 4 and any(network.subnet_of(_network(cidr)) for cidr in PRIVATE)  # type: ignore[arg-type]


def _joined(networks: "Sequence[Network]") -> "list[Network]":
    """The fewest ranges that have the same addresses."""
    from ipaddress import collapse_addresses  # only policies that name addresses pay for this import

    return [
        *collapse_addresses(network for network in networks if network.version == 4),
        *collapse_addresses(network for network in networks if network.version == 6),
    ]


def _of(block: Mapping[str, Any]) -> "Iterator[Network]":
    """The addresses of one block; what is no range is the API server's to refuse."""
    try:
        left = [_network(str(block.get("cidr")))]
        excepted = [_network(str(cidr)) for cidr in block.get("except") or []]
    except ValueError:
        return
    for gap in excepted:
        left = [part for network in left for part in _without(network, gap)]
    yield from left


def _network(cidr: str) -> "Network":
    from ipaddress import ip_network

    return ip_network(cidr, strict=False)


def _without(network: "Network", gap: "Network") -> "Iterator[Network]":
    if network.version != gap.version or not network.overlaps(gap):
        yield network
    elif gap.subnet_of(network):  # type: ignore[arg-type]
        yield from network.address_exclude(gap)  # type: ignore[arg-type]
