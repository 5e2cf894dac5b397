//! A certificate authority that is of no use to an attacker.
//!
//! Its key exists in memory only, its certificate and all it signs are valid for at most 24 hours, and the hosts it may
//! vouch for are written into that certificate: clients refuse what it signs for any other host. A server that runs for
//! longer renews it after 12 hours, with the same key: a client that knows the certificate of before trusts what is signed
//! now until its own ends.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use rand::TryRng;
use rand::rngs::SysRng;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyPair, KeyUsagePurpose, NameConstraints, SanType, SerialNumber,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;

use crate::http::message::TlsFault;
use crate::http::origin::is_host;
use crate::server::tls::settings::{TlsError, config};

/// The longest life of the authority and all it signs.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The time by which the clocks of clients may be behind the machine's.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// The most certificates that are kept: below a domain a client could name any number of hosts.
const KEPT: usize = 1_024;

/// A certificate authority for some hosts and addresses.
pub(crate) struct Authority {
    /// The key that signs, as DER bytes.
    signing_key: Vec<u8>,
    /// The key of all certificates it signs.
    key: KeyPair,
    hosts: Vec<String>,
    addresses: Vec<IpAddr>,
    /// The time that certificates reach back to.
    from: SystemTime,
    term: Mutex<Arc<Term>>,
}

/// A time in which the authority has one certificate.
struct Term {
    issuer: CertifiedIssuer<'static, KeyPair>,
    life: Life,
    made: Mutex<Made>,
}

/// The configurations made so far, by the server that a client believes to have reached, and by the fault.
type Made = HashMap<(Subject, Option<TlsFault>), Arc<ServerConfig>>;

/// The time in which certificates are valid.
#[derive(Clone, Copy)]
struct Life {
    from: OffsetDateTime,
    until: OffsetDateTime,
}

/// The server that a client believes to have reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A host by its name, in lower case.
    Host(String),
    /// This server, by any of its own names and addresses.
    Own,
}

impl Authority {
    /// Makes an authority for these hosts and addresses, and no others. `.example.org` is every host below `example.org`.
    /// Its certificates are valid from `from` on where that is earlier than `now`.
    pub(crate) fn new(
        hosts: Vec<String>,
        addresses: Vec<IpAddr>,
        from: SystemTime,
        now: SystemTime,
    ) -> Result<Self, TlsError> {
        let signing_key = KeyPair::generate()?.serialize_der();
        let term = Term::begin(&signing_key, &hosts, &addresses, from, now)?;
        let term = Mutex::new(Arc::new(term));
        Ok(Self { signing_key, key: KeyPair::generate()?, hosts, addresses, from, term })
    }

    /// Renews its certificate if half of its life is over, or the clock was set back, and tells whether it did.
    pub(crate) fn renew(&self, now: SystemTime) -> Result<bool, TlsError> {
        let life = self.term().life;
        let at = OffsetDateTime::from(now);
        if (life.from..life.until - LIFE / 2).contains(&at) && at + LIFE >= life.until {
            return Ok(false);
        }
        let term = Term::begin(&self.signing_key, &self.hosts, &self.addresses, self.from, now)?;
        *self.term.lock() = Arc::new(term);
        Ok(true)
    }

    fn term(&self) -> Arc<Term> {
        Arc::clone(&self.term.lock())
    }

    /// Returns its certificate as PEM text.
    pub(crate) fn pem(&self) -> String {
        self.term().issuer.pem()
    }

    /// Returns its certificate as DER bytes.
    pub(crate) fn der(&self) -> Vec<u8> {
        self.term().issuer.der().to_vec()
    }

    /// Tells whether the authority may vouch for a host.
    pub(crate) fn covers(&self, host: &str) -> bool {
        is_host(self.hosts.iter().map(String::as_str), host)
    }

    /// Returns the TLS configuration that shows a certificate for a server, with the fault that it is to have.
    pub(crate) fn config(&self, subject: Subject, fault: Option<TlsFault>) -> Result<Arc<ServerConfig>, TlsError> {
        let (term, key) = (self.term(), (subject, fault));
        if let Some(made) = term.made.lock().get(&key) {
            return Ok(Arc::clone(made));
        }
        let config = Arc::new(self.make(&term, &key.0, fault)?);
        let mut made = term.made.lock();
        if made.len() >= KEPT {
            made.clear();
        }
        made.insert(key, Arc::clone(&config));
        Ok(config)
    }

    fn make(&self, term: &Term, subject: &Subject, fault: Option<TlsFault>) -> Result<ServerConfig, TlsError> {
        let mut life = term.life;
        if fault == Some(TlsFault::Expired) {
            life.until = life.from - SKEW;
            life.from = life.until - LIFE;
        }
        let mut params = params("standin", life)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.subject_alt_names = self.names(subject, fault)?;
        let (certificate, issuer) = if fault == Some(TlsFault::Untrusted) {
            let mut unknown = self::params("standin (trusted by no client)", term.life)?;
            unknown.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            let unknown = CertifiedIssuer::self_signed(unknown, KeyPair::generate()?)?;
            (params.signed_by(&self.key, &unknown)?, unknown.der().clone())
        } else {
            (params.signed_by(&self.key, &term.issuer)?, term.issuer.der().clone())
        };
        let chain: Vec<CertificateDer<'static>> = vec![certificate.into(), issuer];
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).map_err(|error| TlsError::new("the key", error))?;
        config(chain, key)
    }

    /// Returns the names in a certificate. A wrong host is one that the authority may vouch for, so that only the name
    /// is wrong.
    fn names(&self, subject: &Subject, fault: Option<TlsFault>) -> Result<Vec<SanType>, TlsError> {
        let dns = |name: &str| Ok::<_, TlsError>(SanType::DnsName(name.try_into()?));
        if fault == Some(TlsFault::WrongHost) {
            let host = match subject {
                Subject::Host(host) => host,
                Subject::Own => "localhost",
            };
            return Ok(vec![dns(&format!("wrong-host.{host}"))?]);
        }
        match subject {
            Subject::Host(host) => Ok(vec![dns(host)?]),
            Subject::Own => {
                let addresses = self.addresses.iter().map(|address| Ok(SanType::IpAddress(*address)));
                std::iter::once(dns("localhost")).chain(addresses).collect()
            }
        }
    }
}

impl Term {
    fn begin(
        signing_key: &[u8],
        hosts: &[String],
        addresses: &[IpAddr],
        from: SystemTime,
        now: SystemTime,
    ) -> Result<Self, TlsError> {
        // Certificates count whole seconds: rounded down, the end is within the limit.
        let life = Life { from: whole_seconds(from.min(now - SKEW)), until: whole_seconds(now + LIFE) };
        let mut params = params("standin (this process only)", life)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(constraints(hosts, addresses));
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::try_from(signing_key)?)?;
        Ok(Self { issuer, life, made: Mutex::default() })
    }
}

/// Permits these hosts and addresses. Without an address, all addresses are excluded: what is not constrained is permitted.
fn constraints(hosts: &[String], addresses: &[IpAddr]) -> NameConstraints {
    let domain = |host: &String| GeneralSubtree::DnsName(host.trim_start_matches('.').to_owned());
    let mut permitted: Vec<GeneralSubtree> = hosts.iter().map(domain).collect();
    let mut excluded = Vec::new();
    for (family, all) in [(true, CidrSubnet::V4([0; 4], [0; 4])), (false, CidrSubnet::V6([0; 16], [0; 16]))] {
        let mut own = addresses.iter().filter(|address| address.is_ipv4() == family).peekable();
        if own.peek().is_none() {
            excluded.push(GeneralSubtree::IpAddress(all));
        }
        let whole = if family { 32 } else { 128 };
        permitted.extend(own.map(|address| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, whole))));
    }
    NameConstraints { permitted_subtrees: permitted, excluded_subtrees: excluded }
}

fn params(name: &str, life: Life) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (life.from, life.until);
    let mut serial = [0; 16];
    SysRng.try_fill_bytes(&mut serial).map_err(|error| TlsError::new("random numbers", error))?;
    // A serial number is positive, and not shortened by leading zeros.
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    Ok(params)
}

fn whole_seconds(at: SystemTime) -> OffsetDateTime {
    let at = OffsetDateTime::from(at);
    at.replace_nanosecond(0).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::{Error, RootCertStore};

    use super::*;

    fn authority() -> Authority {
        let hosts = ["api.example.com", ".example.org"].map(str::to_owned).to_vec();
        Authority::new(hosts, vec!["127.0.0.1".parse().unwrap()], SystemTime::UNIX_EPOCH + LIFE, SystemTime::now())
            .unwrap()
    }

    /// Signs a certificate for a name that the authority's constraints may exclude.
    fn sign(authority: &Authority, name: SanType) -> rcgen::Certificate {
        let term = authority.term();
        let mut params = params("anybody", term.life).unwrap();
        params.subject_alt_names = vec![name];
        params.signed_by(&authority.key, &term.issuer).unwrap()
    }

    fn dns(name: &str) -> SanType {
        SanType::DnsName(name.try_into().unwrap())
    }

    /// Verifies a certificate as a client that trusts the authority does.
    fn verified(authority: &Authority, certificate: &rcgen::Certificate, name: &str) -> Result<(), Error> {
        verified_by(&authority.der(), certificate, name, UnixTime::now())
    }

    fn verified_by(root: &[u8], certificate: &rcgen::Certificate, name: &str, at: UnixTime) -> Result<(), Error> {
        let mut roots = RootCertStore::empty();
        roots.add(root.to_vec().into()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier.verify_server_cert(certificate.der(), &[], &name, &[], at).map(|_| ())
    }

    #[test]
    fn what_it_signs_for_other_hosts_and_addresses_is_refused() {
        let authority = authority();
        for (name, good) in [
            ("api.example.com", true),
            ("a.b.example.org", true),
            ("127.0.0.1", true),
            ("example.com", false),
            ("evil.example.net", false),
            ("127.0.0.2", false),
            ("::1", false),
        ] {
            let subject = name.parse().map_or_else(|_| dns(name), SanType::IpAddress);
            let found = verified(&authority, &sign(&authority, subject), name);
            assert_eq!(found.is_ok(), good, "{name}: {found:?}");
        }
        let now = SystemTime::now();
        let none = Authority::new(vec!["api.example.com".to_owned()], Vec::new(), now, now).unwrap();
        for address in ["127.0.0.1", "10.0.0.1", "::1"] {
            let certificate = sign(&none, SanType::IpAddress(address.parse().unwrap()));
            let found = verified(&none, &certificate, address);
            assert!(matches!(found, Err(Error::InvalidCertificate(_))), "without an address there is none: {address}");
        }
    }

    #[test]
    fn openssl_refuses_what_it_signs_for_other_hosts() {
        let authority = authority();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let verified = |name: &str| {
            let subject = name.parse().map_or_else(|_| dns(name), SanType::IpAddress);
            std::fs::write(folder.path().join("leaf.pem"), sign(&authority, subject).pem()).unwrap();
            let mut openssl = Command::new("openssl");
            openssl.current_dir(folder.path()).args(["verify", "-no-CApath", "-CAfile", "ca.pem", "leaf.pem"]);
            openssl.output().map(|output| {
                let told = [output.stdout, output.stderr].concat();
                (output.status.success(), String::from_utf8_lossy(&told).into_owned())
            })
        };
        let Ok((good, told)) = verified("api.example.com") else {
            eprintln!("openssl is not there: not tried");
            return;
        };
        assert!(good, "{told}");
        assert!(verified("127.0.0.1").unwrap().0);
        for name in ["evil.example.net", "example.com", "10.0.0.1"] {
            let (good, told) = verified(name).unwrap();
            assert!(!good && told.contains("permitted subtree violation"), "{name}: {told}");
        }
    }

    #[test]
    fn it_lives_for_a_day_at_most_and_reaches_back_to_the_worlds_time() {
        let now = OffsetDateTime::from(SystemTime::now());
        let past = SystemTime::UNIX_EPOCH + LIFE;
        for from in [past, SystemTime::now() + LIFE] {
            let authority = Authority::new(vec!["a.example".to_owned()], Vec::new(), from, SystemTime::now()).unwrap();
            let life = authority.term().life;
            assert!(life.until <= now + LIFE + SKEW);
            assert!(life.from <= now && life.from <= OffsetDateTime::from(from.min(SystemTime::now())));
        }
    }

    #[test]
    fn after_half_of_its_life_it_is_renewed_and_known_clients_go_on() {
        let hour = |hours: u64| SystemTime::now() + Duration::from_secs(hours * 60 * 60);
        let unix = |at: SystemTime| UnixTime::since_unix_epoch(at.duration_since(SystemTime::UNIX_EPOCH).unwrap());
        let name = "api.example.com";
        let authority = authority();
        let (first, config) = (authority.der(), authority.config(Subject::Host(name.to_owned()), None).unwrap());
        assert!(!authority.renew(hour(11)).unwrap() && authority.der() == first);
        assert!(authority.renew(hour(13)).unwrap(), "half of its life is over");
        assert!(!authority.renew(hour(14)).unwrap());
        let second = authority.der();
        assert_ne!(second, first);
        let again = authority.config(Subject::Host(name.to_owned()), None).unwrap();
        assert!(!Arc::ptr_eq(&config, &again), "what it signed before is not shown any more");
        let certificate = sign(&authority, dns(name));
        for root in [&first, &second] {
            verified_by(root, &certificate, name, unix(hour(20))).unwrap();
        }
        verified_by(&second, &certificate, name, unix(hour(30))).expect("a server that runs for longer than a day");
        assert!(verified_by(&second, &certificate, name, unix(hour(38))).is_err(), "a day at most");
        assert!(authority.renew(hour(1)).unwrap(), "the clock was moved back: it is valid for a day at most");
    }

    #[test]
    fn a_client_that_names_many_hosts_has_a_thousand_certificates_kept() {
        let authority = authority();
        let kept = || authority.term().made.lock().len();
        for n in 0..KEPT + 10 {
            authority.config(Subject::Host(format!("h{n}.example.org")), None).unwrap();
            assert!(kept() <= KEPT, "{n}");
        }
        assert_eq!(kept(), 10, "they begin anew");
    }

    #[test]
    fn a_certificate_is_made_once_for_a_host() {
        let authority = authority();
        let config = |host: &str| authority.config(Subject::Host(host.to_owned()), None).unwrap();
        assert!(Arc::ptr_eq(&config("api.example.com"), &config("api.example.com")));
        assert!(!Arc::ptr_eq(&config("api.example.com"), &config("a.example.org")));
    }
}
