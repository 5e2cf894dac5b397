//! Networks of IP addresses.

use std::net::IpAddr;

/// Networks, each an address and the number of its leading bits that count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Networks(Vec<(IpAddr, u8)>);

impl Networks {
    /// Adds a network such as `10.0.0.1`, `10.0.0.0/8`, `::1` or `fd00::/8`. The error says why the text is none.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), &'static str> {
        const WRONG: &str = "no IP address or network such as 10.0.0.1, 10.0.0.0/8 or fd00::/8";
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| WRONG)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.trim().parse().ok().filter(|bits| *bits <= most));
        self.0.push((address, bits.ok_or(WRONG)?));
        Ok(())
    }

    /// Tells whether an address is in one of the networks, or this machine's own.
    pub(crate) fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.0.iter().any(|(network, bits)| shares(address, *network, *bits))
    }
}

/// Tells whether two addresses are of one family and have the same leading bits.
fn shares(one: IpAddr, other: IpAddr, bits: u8) -> bool {
    let leading = |differing: u32| differing >= u32::from(bits);
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => leading((one.to_bits() ^ other.to_bits()).leading_zeros()),
        (IpAddr::V6(one), IpAddr::V6(other)) => leading((one.to_bits() ^ other.to_bits()).leading_zeros()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_a_network_by_its_leading_bits() {
        let mut networks = Networks::default();
        ["10.1.0.0/16", "192.0.2.7", "fd00::/8"].into_iter().for_each(|text| networks.add(text).unwrap());
        for (address, included) in [
            ("10.1.255.1", true),
            ("10.2.0.1", false),
            ("192.0.2.7", true),
            ("192.0.2.6", false),
            ("fdff::1", true),
            ("fe80::1", false),
            ("::ffff:10.1.2.3", true),
            ("127.8.8.8", true),
            ("::1", true),
        ] {
            assert_eq!(networks.include(address.parse().unwrap()), included, "{address}");
        }
        assert!(!Networks::default().include("10.0.0.1".parse().unwrap()));
        for wrong in ["", "10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "example.org", "10.0.0.0/-1"] {
            assert!(networks.add(wrong).is_err(), "{wrong}");
        }
    }
}
