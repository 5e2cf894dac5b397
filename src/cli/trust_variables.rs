//! The environment variables from which programs take a proxy and a certificate authority.

use crate::cli::no_proxy;
use crate::http::origin::is_host;
use crate::world::entrance::Entrance;

/// Variables whose file replaces the certificates that a program trusts.
pub(super) const REPLACING: [&str; 6] =
    ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE", "CARGO_HTTP_CAINFO"];

/// Further such variables, which are set only where the environment has them, because they take precedence.
const REPLACING_WHERE_SET: [&str; 4] =
    ["PIP_CERT", "NIX_SSL_CERT_FILE", "HTTPLIB2_CA_CERTS", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"];

/// Variables whose file is trusted beside the certificates that a program trusts.
pub(super) const ADDING: [&str; 2] = ["NODE_EXTRA_CA_CERTS", "DENO_CERT"];

/// Returns the variables of a command that reaches a world by the proxy. `given` is the caller's environment.
pub(super) fn variables(
    entrance: &Entrance,
    world: &str,
    given: impl Fn(&str) -> Option<String>,
) -> Vec<(&'static str, String)> {
    let given = |name: &str| given(name).filter(|value| !value.trim().is_empty());
    let appended = |name: &str, more: &str| given(name).map_or_else(|| more.to_owned(), |old| format!("{old} {more}"));
    let proxy = entrance.proxy_url(world);
    let mut variables: Vec<(&'static str, String)> =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].map(|name| (name, proxy.clone())).to_vec();
    let (host, port) = entrance.proxy.rsplit_once(':').unwrap_or((&entrance.proxy, "80"));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse() {
        variables.extend(no_proxy::extended(address, given));
    }
    variables.push(("NODE_USE_ENV_PROXY", "1".to_owned()));
    // Otherwise git presents the user, which names the world, only after a refusal.
    variables.push(("GIT_HTTP_PROXY_AUTHMETHOD", "basic".to_owned()));
    variables.extend(REPLACING.map(|name| (name, entrance.bundle.clone())));
    let set = REPLACING_WHERE_SET.into_iter().filter(|name| given(name).is_some());
    variables.extend(set.map(|name| (name, entrance.bundle.clone())));
    // The bundle has the certificates that such a variable named before.
    let of_adding = |name: &str| if given(name).is_some() { &entrance.bundle } else { &entrance.ca };
    variables.extend(ADDING.map(|name| (name, of_adding(name).clone())));
    variables.push(("NODE_OPTIONS", appended("NODE_OPTIONS", &format!("--require {}", quoted(&entrance.node_hook)))));
    let java = [
        format!("-Dhttp.proxyHost={bare} -Dhttp.proxyPort={port} -Dhttps.proxyHost={bare} -Dhttps.proxyPort={port}"),
        "-Dhttp.nonProxyHosts=localhost|127.*|[::1]".to_owned(),
        format!("-Djavax.net.ssl.trustStore={}", quoted(&entrance.keystore)),
        "-Djavax.net.ssl.trustStoreType=PKCS12".to_owned(),
    ];
    variables.push(("JAVA_TOOL_OPTIONS", appended("JAVA_TOOL_OPTIONS", &java.join(" "))));
    // An empty entry stands for PHP's own folder.
    let php = given("PHP_INI_SCAN_DIR").unwrap_or_default();
    variables.push(("PHP_INI_SCAN_DIR", format!("{php}:{}", entrance.folder)));
    variables
}

fn quoted(path: &str) -> String {
    if path.contains(char::is_whitespace) { format!("\"{path}\"") } else { path.to_owned() }
}

/// Returns the entries of `NO_PROXY` that exclude one of these hosts from the proxy, each with that host.
pub(super) fn excepted(hosts: &[String], given: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let lists = ["NO_PROXY", "no_proxy"].map(|name| given(name).unwrap_or_default());
    let entries = lists.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|entry| !entry.is_empty());
    let mut found = Vec::new();
    for entry in entries {
        let domain = entry.trim_start_matches('*').trim_start_matches('.');
        let below = format!(".{domain}");
        let covered =
            hosts.iter().find(|host| entry == "*" || is_host([domain, below.as_str()], host.trim_start_matches('.')));
        let pair = covered.map(|host| (entry.to_owned(), host.trim_start_matches('.').to_owned()));
        found.extend(pair.filter(|pair| !found.contains(pair)));
    }
    found
}

/// Programs, by the beginning of their `User-Agent`, and the setting that makes each trust a certificate.
const PROGRAMS: [(&str, &str); 15] = [
    ("curl", "set CURL_CA_BUNDLE"),
    ("git", "set GIT_SSL_CAINFO"),
    ("python-requests", "set REQUESTS_CA_BUNDLE"),
    ("python-httpx", "set SSL_CERT_FILE, and leave its verify alone"),
    ("python", "set SSL_CERT_FILE"),
    ("go-http-client", "set SSL_CERT_FILE"),
    ("java", "set javax.net.ssl.trustStore in JAVA_TOOL_OPTIONS"),
    ("apache-httpclient", "set javax.net.ssl.trustStore in JAVA_TOOL_OPTIONS"),
    ("node", "set NODE_EXTRA_CA_CERTS"),
    ("undici", "set NODE_EXTRA_CA_CERTS"),
    ("axios", "set NODE_EXTRA_CA_CERTS"),
    ("deno", "set DENO_CERT"),
    ("bun", "set NODE_EXTRA_CA_CERTS"),
    ("ruby", "set SSL_CERT_FILE"),
    ("cargo", "set CARGO_HTTP_CAINFO"),
];

/// Returns the setting that makes a program trust the certificate.
pub(super) fn advice(client: Option<&str>) -> String {
    let client = client.map(str::to_ascii_lowercase);
    let known = client.and_then(|client| PROGRAMS.iter().find(|(start, _)| client.starts_with(start)));
    match known {
        Some((_, advice)) => format!("{advice} to the bundle of --intercept-print, or have the program keep it"),
        None => "it reads none of the variables of --intercept-print (SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, \
                 CURL_CA_BUNDLE, …), or clears them; give it the bundle that SSL_CERT_FILE names"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entrance() -> Entrance {
        let hosts = ["api.integrator.io", ".integrator.io", "ed.link"].map(str::to_owned).to_vec();
        Entrance { hosts, ..Entrance::in_folder("127.0.0.1:4780".to_owned(), "/tmp/standin-x") }
    }

    fn value(world: &str, given: &[(&str, &str)], name: &str) -> String {
        let environment = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, it)| (*it).to_owned());
        let variables = variables(&entrance(), world, environment);
        variables.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value).unwrap_or_default()
    }

    #[test]
    fn what_a_variable_said_before_is_kept_or_is_in_the_bundle() {
        let (ca, bundle) = ("/tmp/standin-x/ca.pem", "/tmp/standin-x/bundle.pem");
        assert_eq!(value("default", &[], "NODE_EXTRA_CA_CERTS"), ca);
        assert_eq!(value("default", &[("NODE_EXTRA_CA_CERTS", "/own.pem")], "NODE_EXTRA_CA_CERTS"), bundle);
        assert_eq!(value("default", &[("SSL_CERT_FILE", "/own.pem")], "SSL_CERT_FILE"), bundle);
        assert_eq!(value("default", &[], "PIP_CERT"), "");
        assert_eq!(value("default", &[("PIP_CERT", "/own.pem")], "PIP_CERT"), bundle);
        let hook = "--require /tmp/standin-x/node-hook.cjs";
        assert_eq!(
            value("default", &[("NODE_OPTIONS", "--no-warnings")], "NODE_OPTIONS"),
            format!("--no-warnings {hook}")
        );
        assert!(
            value("default", &[("JAVA_TOOL_OPTIONS", "-Xmx1g")], "JAVA_TOOL_OPTIONS")
                .starts_with("-Xmx1g -Dhttp.proxyHost=127.0.0.1 ")
        );
        assert_eq!(value("default", &[("NO_PROXY", "a.example")], "NO_PROXY"), "a.example,127.0.0.1,localhost");
        assert_eq!(value("default", &[], "PHP_INI_SCAN_DIR"), ":/tmp/standin-x");
    }

    #[test]
    fn the_user_of_the_proxy_is_the_world() {
        assert_eq!(value("default", &[], "HTTPS_PROXY"), "http://127.0.0.1:4780");
        assert_eq!(value("w7", &[], "https_proxy"), "http://w7:x@127.0.0.1:4780");
    }

    #[test]
    fn exceptions_that_cover_a_host_are_found() {
        let found = |list: &str| {
            let found = excepted(&entrance().hosts, |name| (name == "NO_PROXY").then(|| list.to_owned()));
            found.into_iter().map(|(entry, _)| entry).collect::<Vec<_>>()
        };
        assert_eq!(found("localhost, *"), ["*"]);
        assert_eq!(found(".integrator.io"), [".integrator.io"]);
        assert_eq!(found("*.integrator.io,api.integrator.io"), ["*.integrator.io", "api.integrator.io"]);
        assert_eq!(found("link, ed.link"), ["link", "ed.link"]);
        assert!(found("integrator.com,127.0.0.1").is_empty());
    }

    #[test]
    fn a_program_is_told_its_own_variable() {
        assert!(advice(Some("git/2.43.0")).starts_with("set GIT_SSL_CAINFO "));
        assert!(advice(Some("Go-http-client/1.1")).starts_with("set SSL_CERT_FILE "));
        assert!(advice(Some("python-requests/2.32")).starts_with("set REQUESTS_CA_BUNDLE "));
        assert!(advice(None).contains("NODE_EXTRA_CA_CERTS"));
    }
}
