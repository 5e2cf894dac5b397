//! Traffic of a command that came to no world: hosts that are not served, and handshakes that its clients refused.

use crate::http::json_object::json_object;
use crate::scenario::verify::one_line::on_one_line;

/// Traffic of a command that came to no world, as far as the proxy saw it.
///
/// ```
/// use standin::Elsewhere;
///
/// let of_a_part: Elsewhere = serde_json::from_str(r#"{"other_hosts": [{"host": "example.com", "times": 1}]}"#)?;
/// let mut all = Elsewhere::default();
/// all.add(of_a_part.clone());
/// all.add(of_a_part);
/// assert_eq!(all.lines(), ["your test also talks to example.com (2 times)"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Elsewhere {
    /// Other hosts that the command talks to.
    pub other_hosts: Vec<OtherHost>,
    /// Handshakes that a client refused: it does not trust the certificate.
    pub refused_handshakes: Vec<RefusedHandshake>,
}

json_object!(both Elsewhere { other_hosts: omitted, refused_handshakes: omitted });

/// A host that is not served.
///
/// ```
/// let host: standin::OtherHost = serde_json::from_str(r#"{"host": "example.com", "times": 3}"#)?;
/// assert_eq!((host.host.as_str(), host.times), ("example.com", 3));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherHost {
    /// Its name.
    pub host: String,
    /// Number of times that a client asked for it.
    pub times: u64,
}

json_object!(both OtherHost { host, times });

/// A handshake that a client refused.
///
/// ```
/// let text = r#"{
///     "host": "api.integrator.io", "client": "curl/8.5.0", "reason": "unknown certificate authority",
///     "help": "set CURL_CA_BUNDLE", "times": 1
/// }"#;
/// let refused: standin::RefusedHandshake = serde_json::from_str(text)?;
/// let sentence = refused.sentence();
/// assert!(sentence.starts_with("curl/8.5.0 does not trust the certificate for api.integrator.io"), "{sentence}");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedHandshake {
    /// The host that the client wanted.
    pub host: String,
    /// The client, by its `User-Agent`, where the proxy saw one.
    pub client: Option<String>,
    /// The client's reason, in the words of TLS.
    pub reason: String,
    /// The setting that makes this client trust the certificate.
    pub help: String,
    /// Number of times.
    pub times: u64,
}

json_object!(both RefusedHandshake { host, client: default, reason, help, times });

impl Elsewhere {
    /// Tells whether there was no such traffic.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.other_hosts.is_empty() && self.refused_handshakes.is_empty()
    }

    /// Adds a refused handshake, or counts it where one like it is known.
    pub fn refuse(&mut self, refused: RefusedHandshake) {
        let is_like = |known: &&mut RefusedHandshake| {
            (&known.host, &known.client, &known.reason) == (&refused.host, &refused.client, &refused.reason)
        };
        match self.refused_handshakes.iter_mut().find(is_like) {
            Some(known) => known.times += refused.times,
            None => self.refused_handshakes.push(refused),
        }
    }

    /// Adds the traffic of another run.
    pub fn add(&mut self, other: Self) {
        for OtherHost { host, times } in other.other_hosts {
            match self.other_hosts.iter_mut().find(|known| known.host == host) {
                Some(known) => known.times += times,
                None => self.other_hosts.push(OtherHost { host, times }),
            }
        }
        other.refused_handshakes.into_iter().for_each(|refused| self.refuse(refused));
    }

    /// Returns a sentence about the other hosts, and one about each refused handshake.
    pub fn lines(&self) -> Vec<String> {
        let times = |times: u64| if times == 1 { String::new() } else { format!(" ({times} times)") };
        let hosts: Vec<String> = self.other_hosts.iter().map(|it| it.host.clone() + &times(it.times)).collect();
        let others = (!hosts.is_empty()).then(|| format!("your test also talks to {}", hosts.join(", ")));
        let refused = self.refused_handshakes.iter().map(RefusedHandshake::sentence);
        others.iter().map(|line| on_one_line(line)).chain(refused).collect()
    }
}

impl RefusedHandshake {
    /// Returns a sentence about it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { host, client, reason, help, .. } = self;
        let client = client.as_deref().unwrap_or("a client");
        on_one_line(&format!("{client} does not trust the certificate for {host} ({reason}): {help}"))
    }
}
