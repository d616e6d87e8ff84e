use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is of the internet at large (the IANA special-purpose registries): none that
/// only this machine or its network can reach, such as the metadata service of a cloud.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || (a == 100 && (b & 0b1100_0000) == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b & 0b1111_1110) == 18)
        || a >= 224)
}

/// Global unicast alone, and of that nothing which leads to an address of version 4.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_global_unicast = first & 0xe000 == 0x2000;
    let is_special = first == 0x2001 && (second < 0x0200 || second == 0x0db8);
    let is_6to4 = first == 0x2002;
    let is_documentation = first == 0x3fff && second < 0x1000;
    is_global_unicast && !is_special && !is_6to4 && !is_documentation
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
