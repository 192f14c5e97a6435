"""Which addresses belong to the public internet. No network is touched here."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES

# Everything that is handed out to the public in IPv6 lies here; the rest is special.
PUBLIC_IPV6 = ip_network("2000::/3")
# Beyond what Python's ``is_global`` of any release and the library leave out.
NOT_PUBLIC = [
    *EXTRA_BLOCKED_NET_RANGES,
    ip_network("168.63.129.16/32"),  # answers to machines inside Azure, though it looks public
    ip_network("2001::/23"),  # Teredo and other protocols of the IETF
    ip_network("2001:db8::/32"),  # documentation
]


def is_public(text: str) -> bool:
    """Whether the address is one machine of the public internet; False for what is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_global and not _is_special(address)


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    if address.is_multicast or address.is_reserved or address.is_unspecified:
        return True
    if address.version == 6 and address not in PUBLIC_IPV6:
        return True
    return any(address in network for network in NOT_PUBLIC)
