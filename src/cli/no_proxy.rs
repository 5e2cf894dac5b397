//! The hosts that a command reaches without the proxy of its environment.

use std::net::IpAddr;

/// The variables with these hosts. Some programs read one, some the other.
const NAMES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Returns both variables with a server's host added to their value. A variable that is not set gets the value of the
/// other.
pub(super) fn extended(host: IpAddr, environment: impl Fn(&str) -> Option<String>) -> [(&'static str, String); 2] {
    let given = NAMES.map(|name| environment(name).filter(|hosts| !hosts.trim().is_empty()));
    let other = given.clone().into_iter().flatten().next();
    let mut names = given.into_iter().map(|own| with(own.or_else(|| other.clone()), host));
    NAMES.map(|name| (name, names.next().unwrap_or_default()))
}

fn with(hosts: Option<String>, host: IpAddr) -> String {
    let Some(hosts) = hosts else { return own(host).join(",") };
    let known: Vec<&str> = hosts.split(',').map(str::trim).collect();
    if known.contains(&"*") {
        return hosts;
    }
    let added: Vec<String> = own(host).into_iter().filter(|own| !known.contains(&own.as_str())).collect();
    std::iter::once(hosts.clone()).chain(added).collect::<Vec<_>>().join(",")
}

/// Returns the names of a server's host.
fn own(host: IpAddr) -> Vec<String> {
    let host = host.to_string();
    if host == "127.0.0.1" || host == "::1" { vec![host, "localhost".to_owned()] } else { vec![host] }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn values(given: &[(&str, &str)]) -> [String; 2] {
        let environment =
            |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        extended(Ipv4Addr::LOCALHOST.into(), environment).map(|(_, value)| value)
    }

    #[test]
    fn hosts_without_proxy_are_extended_and_never_replaced() {
        let own = "127.0.0.1,localhost";
        assert_eq!(values(&[]), [own, own]);
        assert_eq!(values(&[("NO_PROXY", "a.example")]), [format!("a.example,{own}"), format!("a.example,{own}")]);
        let both = values(&[("NO_PROXY", "a"), ("no_proxy", "b, 127.0.0.1")]);
        assert_eq!(both, [format!("a,{own}"), "b, 127.0.0.1,localhost".to_owned()]);
        assert_eq!(values(&[("no_proxy", "*"), ("NO_PROXY", "")]), ["*", "*"]);
    }
}
