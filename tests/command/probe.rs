//! A probe held against a live service, which another standin stands in for here.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use crate::binary::{Folder, said, standin};
use serde_json::{Value, json};
use standin::{Answer, Api, Comparison, Credential, ProbeAnswer, ProbeRequest, Rule, Standin, Tier, WorldHandle};

const CREATE: &str = "celigo.integrations.create";
const GET: &str = "celigo.integrations.get";
const LIST: &str = "celigo.integrations.list";

/// A scenario file, gone when its test ends.
struct File {
    path: String,
    _folder: Folder,
}

impl File {
    fn new(name: &str, text: &str) -> Self {
        let folder = Folder::new(&format!("probe-{name}"));
        Self { path: folder.file("contract.json", text), _folder: folder }
    }

    fn of(name: &str, api: &Value, probe: &Value) -> Self {
        Self::new(name, &json!({ "scenario": 1, "name": "contract", "api": api, "probe": probe }).to_string())
    }

    fn celigo(name: &str, probe: &Value) -> Self {
        Self::of(name, &"celigo".into(), probe)
    }

    fn text(&self) -> &str {
        &self.path
    }
}

/// Asks a world as if it were the live service.
fn ask(live: &WorldHandle, request: &ProbeRequest) -> ProbeAnswer {
    let base = if request.api() == Api::Celigo { "/v1" } else { "/api" };
    let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
    let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
    let answer = live.answer(request.method.as_str(), &format!("{base}{}", request.target), &headers, body.as_bytes());
    ProbeAnswer::new(answer.status.unwrap(), answer.body)
}

/// Compares with a live service that answers as standin does, but that its answers are changed so.
fn changed(probe: &Value, name: &str, change: impl Fn(&mut Value)) -> Comparison {
    let (file, live) = (File::celigo(name, probe), Standin::start().world());
    let compared = Standin::start().world().probe(file.text(), |request| {
        let mut answer = ask(&live, request);
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        change(&mut body);
        answer.body = body.to_string().into_bytes();
        Ok(answer)
    });
    compared.unwrap()
}

/// Tier, place, words, and at how many places.
type Told<'c> = (Tier, &'c str, &'c str, usize);

fn told(compared: &Comparison) -> Vec<Told<'_>> {
    let drifts = compared.steps.iter().flat_map(|step| &step.differences);
    drifts.map(|drift| (drift.tier, drift.at.as_str(), drift.what.as_str(), drift.times)).collect()
}

fn reading_one() -> Value {
    json!({ "steps": [{ "on": GET, "params": { "id": "abc123def456" }, "status": 200 }] })
}

#[test]
fn every_way_to_drift_has_its_tier_and_its_words() {
    type Change = fn(&mut Value);
    let cases: &[(&str, Change, &[Told<'_>])] = &[
        ("nothing", |_| {}, &[]),
        ("other-values", |body| body["name"] = "Something else".into(), &[]),
        ("another-order", |body| *body = body.as_object().unwrap().clone().into_iter().rev().collect(), &[]),
        (
            "missing",
            |body| drop(body.as_object_mut().unwrap().remove("sandbox")),
            &[(Tier::Error, "/sandbox", "is missing, though documented as always there", 1)],
        ),
        (
            "optional",
            |body| drop(body.as_object_mut().unwrap().remove("description")),
            &[(Tier::Info, "/description", "is left out, as it may be; the fake shows it", 1)],
        ),
        (
            "other-type",
            |body| body["sandbox"] = "no".into(),
            &[(Tier::Error, "/sandbox", "is a string, documented as a boolean", 1)],
        ),
        ("null", |body| body["name"] = Value::Null, &[(Tier::Error, "/name", "is null, documented as a string", 1)]),
        (
            "no-time",
            |body| body["lastModified"] = "yesterday".into(),
            &[(Tier::Warning, "/lastModified", "is no RFC 3339 time, though documented as a time", 1)],
        ),
        ("unknown", |body| body["a/b~c"] = 1.into(), &[(Tier::Warning, "/a~1b~0c", "is not documented", 1)]),
        (
            "no-object",
            |body| *body = json!([body.clone()]),
            &[(Tier::Error, "", "is an array, documented as an object", 1)],
        ),
    ];
    for (name, change, wanted) in cases {
        let compared = changed(&reading_one(), name, change);
        assert_eq!(told(&compared), *wanted, "{name}: {compared}");
    }
}

#[test]
fn differences_of_a_list_are_told_once_with_their_number() {
    let probe = json!({ "steps": [{ "on": LIST, "status": 200 }] });
    let records = Standin::start().world().records("celigo.integrations").unwrap().len();
    let compared = changed(&probe, "list", |body| {
        for record in body.as_array_mut().unwrap() {
            record["sandbox"] = 1.into();
        }
    });
    assert!(records > 1);
    assert_eq!(told(&compared), [(Tier::Error, "/*/sandbox", "is a number, documented as a boolean", records)]);
    let compared = changed(&probe, "empty", |body| *body = json!([]));
    let empty = "is empty: what such lists hold was not compared";
    assert_eq!(told(&compared), [(Tier::Info, "", empty, 1)]);
}

#[test]
fn a_part_of_a_record_lacks_nothing_that_was_not_asked_for() {
    let probe = json!({ "steps": [{ "on": LIST, "query": { "include": "sandbox" }, "status": 200 }] });
    assert_eq!(told(&changed(&probe, "part", |_| {})), []);
    let compared = changed(&probe, "part-less", |body| drop(body[0].as_object_mut().unwrap().remove("sandbox")));
    assert_eq!(told(&compared), [(Tier::Error, "/*/sandbox", "is missing, though documented as always there", 1)]);
}

#[test]
fn a_new_value_of_an_enumeration_is_a_warning_that_names_it() {
    let file = File::of(
        "enumeration",
        &"edlink".into(),
        &json!({ "steps": [{ "on": "edlink.integrations.list", "status": 200 }] }),
    );
    let live = Standin::start();
    live.world()
        .load_text("live", &json!({ "scenario": 1, "api": "edlink", "data": { "from": "edlink/default" }, "perturb": { "new_enum_values": true, "unknown_fields": true } }).to_string())
        .unwrap();
    let compared = Standin::start()
        .world()
        .probe(file.text(), |request| {
            let secret = ("authorization", "Bearer standin-edlink-secret");
            let answer =
                live.world().answer(request.method.as_str(), &format!("/api{}", request.target), &[secret], b"");
            Ok(ProbeAnswer::new(answer.status.unwrap(), answer.body))
        })
        .unwrap();
    let told = told(&compared);
    assert_eq!(compared.errors, 0, "{compared}");
    let has = |at: &str, what: &str| told.iter().any(|it| (it.0, it.1, it.2) == (Tier::Warning, at, what));
    assert!(has("/$data/*/futureField", "is not documented"), "{compared}");
    assert!(told.iter().any(|it| it.2 == "is \"future_value\", which is none of the documented values"), "{compared}");
}

#[test]
fn what_is_ignored_is_left_out_whether_missing_unknown_or_of_another_type() {
    let mut probe = json!({ "steps": [{ "on": LIST, "status": 200 }], "ignore": ["/*/sandbox", "/0/new", "/*/mode"] });
    let change = |body: &mut Value| {
        body[0].as_object_mut().unwrap().remove("sandbox");
        body[1]["sandbox"] = "no".into();
        body[0]["new"] = 1.into();
        body[1]["new"] = 1.into();
        body[0]["mode"] = 1.into();
    };
    assert_eq!(told(&changed(&probe, "ignored", change)), [(Tier::Warning, "/*/new", "is not documented", 1)]);
    probe["ignore"] = json!([]);
    assert_eq!(changed(&probe, "heeded", change).errors, 3);
}

#[test]
fn operations_without_a_documented_shape_are_compared_with_what_the_fake_answers() {
    let operation = "celigo.integrations.dependencies";
    let probe = json!({ "steps": [{ "on": operation, "params": { "id": "abc123" }, "status": 200 }] });
    assert_eq!(told(&changed(&probe, "example", |_| {})), []);
    let compared = changed(&probe, "example-more", |body| body["more"] = true.into());
    assert_eq!(told(&compared), [(Tier::Warning, "/more", "is nothing that the fake shows", 1)]);

    // The fake's answer of another status shows nothing of this one.
    let probe = json!({ "steps": [{ "on": operation, "params": { "id": "live-only" }, "status": [200, 404] }] });
    let (file, live) = (File::celigo("example-of-other", &probe), Standin::start().world());
    live.create("celigo.integrations", json!({ "_id": "live-only", "name": "Only there" })).unwrap();
    let compared = Standin::start().world().probe(file.text(), |request| Ok(ask(&live, request))).unwrap();
    let nothing = "is not compared: neither a table nor the fake shows its shape";
    assert_eq!(told(&compared), [(Tier::Info, "", nothing, 1)]);
}

/// A probe that makes an integration, reads it, and takes it away again.
fn writing() -> Value {
    json!({ "writes": true, "token_env": "PROBE_TOKEN", "steps": [
        { "on": CREATE, "body": { "name": "Made by a probe" }, "status": 201, "bind": { "made": "/_id" } },
        { "on": GET, "params": { "id": "{made}" }, "status": 200 },
        { "on": "celigo.integrations.delete", "params": { "id": "{made}" }, "status": 204, "cleanup": true },
    ] })
}

/// The operations asked, when one of them is answered with 500.
fn asked_when_failing(failing: &str) -> (Vec<&'static str>, Comparison, usize) {
    let (file, live) = (File::celigo(failing, &writing()), Standin::start().world());
    let before = live.records("celigo.integrations").unwrap().len();
    let mut asked = Vec::new();
    let compared = Standin::start().world().probe(file.text(), |request| {
        asked.push(request.operation);
        let failed = ProbeAnswer::new(500, "");
        Ok(if request.operation == failing { failed } else { ask(&live, request) })
    });
    (asked, compared.unwrap(), live.records("celigo.integrations").unwrap().len() - before)
}

#[test]
fn after_a_request_that_went_wrong_only_those_that_clean_up_are_made() {
    let (asked, compared, left) = asked_when_failing("none");
    assert_eq!((asked.len(), told(&compared), left), (3, vec![], 0), "{compared}");
    let (asked, compared, left) = asked_when_failing(GET);
    assert_eq!((asked.as_slice(), left), ([CREATE, GET, "celigo.integrations.delete"].as_slice(), 0));
    assert_eq!(told(&compared), [(Tier::Error, "", "has status 500, expected 200", 1)]);
    // Without an id there is nothing to take away: "{made}" must not be sent.
    let (asked, compared, left) = asked_when_failing(CREATE);
    assert_eq!((asked.as_slice(), left), ([CREATE].as_slice(), 0));
    assert!(compared.to_string().contains("3 celigo.integrations.delete   not asked: an earlier request went wrong"));
}

#[test]
fn what_cannot_be_bound_is_an_error() {
    let probe = json!({ "steps": [{ "on": LIST, "status": 200, "bind": { "id": "/0/_id" } }] });
    let compared = changed(&probe, "unbound", |body| *body = json!([]));
    assert_eq!(told(&compared)[0], (Tier::Error, "/0/_id", "has no text to bind as id", 1));
}

#[test]
fn a_scenario_without_a_probe_is_an_error_from_rust() {
    let error = Standin::start().world().probe("celigo-lost-create", |_| unreachable!()).unwrap_err();
    assert!(error.to_string().contains("E06 the file has no probe"), "{error}");
}

/// `standin probe`, with a credential in the variable that the probes of these tests name.
fn probe(arguments: &[&str]) -> Command {
    let mut command = standin(&[&["probe"], arguments].concat());
    command.env("PROBE_TOKEN", "secret-of-the-probe");
    command
}

#[test]
fn the_command_ends_with_0_without_drift_and_with_5_with_it() {
    let live = Standin::start();
    let (file, url) = (File::celigo("command", &writing()), live.world().celigo_url());
    let (code, out, err) = said(&mut probe(&[file.text(), "--against", &url, "--allow-writes"]));
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.starts_with("PASS contract   3 of 3 requests made   no difference\n"), "{out}");
    let calls = live.world().journal();
    assert_eq!(calls.len(), 3);
    let header = |name: &str| calls[0].headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assert_eq!(header("content-type").as_deref(), Some("application/json"));

    live.world().fault(Rule::on(GET).respond(200, json!({ "_id": 1 })));
    let (code, out, err) = said(&mut probe(&[file.text(), "--against", &url, "--allow-writes"]));
    assert_eq!((code, err.as_str()), (5, ""), "{out}");
    assert!(out.starts_with("DRIFT contract   3 of 3 requests made   "), "{out}");
    assert!(out.contains("error: /_id is a number, documented as a string"), "{out}");
    let (code, out, _) = said(&mut probe(&[file.text(), "--against", &url, "--allow-writes", "--format", "json"]));
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["drift"], &report["scenario"]), (5, &json!(1), &json!("contract")));
    assert_eq!(report["steps"][1]["differences"][0]["tier"], "error");
}

#[test]
fn the_credential_is_that_of_the_named_variable_and_is_never_shown() {
    let live = Standin::builder().credential(Api::Celigo, Credential::new("secret-of-the-probe")).start();
    let (file, url) = (File::celigo("credential", &writing()), live.world().celigo_url());
    let arguments = [file.text(), "--against", &url, "--allow-writes", "--token-env"];
    assert_eq!(said(&mut probe(&arguments[..4])).0, 0, "the probe's token_env");
    let other = |value| said(probe(&arguments).arg("OTHER").env("OTHER", value));
    assert_eq!(other("secret-of-the-probe").0, 0);
    let (code, out, err) = other("wrong-secret");
    assert_eq!(code, 5);
    assert!(out.contains("has status 401, expected 201") && !(out + &err).contains("wrong-secret"));
    let (code, _, err) = said(probe(&arguments).arg("UNSET"));
    assert_eq!(code, 2);
    assert!(err.contains("the environment variable UNSET is not set"), "{err}");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_asked() {
    let live = Standin::start();
    let (celigo, url) = (File::celigo("refused", &writing()), live.url());
    let both = json!([
        { "on": LIST, "status": 200 },
        { "on": "edlink.integrations.list", "status": 200 },
    ]);
    let both = File::of("both", &json!(["celigo", "edlink"]), &json!({ "token_env": "PROBE_TOKEN", "steps": both }));
    let (one, two) = (format!("celigo={url}/v1"), format!("edlink={url}/api"));
    let refused: &[(&[&str], i32, &str)] = &[
        (&[celigo.text(), "--against", &one], 2, "give --allow-writes if it may change the live service"),
        (&[celigo.text(), "--against", "api.integrator.io", "--allow-writes"], 2, "is no base URL"),
        (&[celigo.text(), "--against", &two, "--allow-writes"], 2, "the probe does not ask \"edlink\", but celigo"),
        (&[celigo.text(), "--against", &one, "--against", &one, "--allow-writes"], 2, "celigo is given twice"),
        (&[both.text(), "--against", &url], 2, "write --against celigo=URL --against edlink=URL"),
        (&[both.text(), "--against", &one], 2, "the probe asks edlink too: add --against edlink=URL"),
        (&[both.text(), "--against", &one, "--against", &two, "--ca-file", "/nowhere"], 2, "--ca-file /nowhere: "),
        (&["celigo-lost-create", "--against", &one], 6, "has no probe: there is nothing to ask"),
        (&["no-such-scenario", "--against", &one], 2, "E01 the file cannot be read"),
    ];
    for (arguments, wanted, words) in refused {
        let (code, out, err) = said(&mut probe(arguments));
        assert_eq!((code, out.as_str()), (*wanted, ""), "{arguments:?}: {err}");
        assert!(err.contains(words), "{arguments:?}: {err}");
    }
    assert_eq!(live.world().journal().len(), 0);
    let (code, out, err) = said(&mut probe(&[both.text(), "--against", &one, "--against", &two]));
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = said(probe(&[both.text()]).env("STANDIN_AGAINST", format!("{one},{two}")));
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn a_service_that_does_not_answer_ends_it_with_3_and_one_that_sends_it_elsewhere_is_not_followed() {
    let (live, elsewhere) = (Standin::start(), Standin::start());
    let (file, url) = (File::celigo("elsewhere", &writing()), live.world().celigo_url());
    let target = elsewhere.world().celigo_url() + "/integrations";
    live.world().fault(Rule::on(CREATE).answer(move |_, _| Answer::empty(302).with_header("location", &target)));
    let (code, out, _) = said(&mut probe(&[file.text(), "--against", &url, "--allow-writes"]));
    assert_eq!((code, elsewhere.world().journal().len()), (5, 0));
    assert!(out.contains("has status 302, expected 201"), "{out}");
    live.refuse();
    let (code, out, err) = said(&mut probe(&[file.text(), "--against", &url, "--allow-writes"]));
    assert_eq!(code, 3, "{out}");
    assert!(out.starts_with("UNANSWERED contract   1 of 3 requests made   one without an answer\n"), "{out}");
    assert!(err.contains("the live service does not answer: Connection refused"), "{err}");
}

/// Speaks TLS in front of a server, for one connection after the other. The result are where, and the certificate.
fn behind_tls(server: SocketAddr) -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(builder.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // It ends with the test's process.
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let _ = pass_on(rustls::StreamOwned::new(session, stream), server);
        }
    });
    (address, pem)
}

/// Passes one request without a body on, and its answer back.
fn pass_on(mut outside: impl Read + Write, server: SocketAddr) -> std::io::Result<()> {
    let (mut asked, mut byte) = (Vec::new(), [0]);
    while !asked.ends_with(b"\r\n\r\n") {
        outside.read_exact(&mut byte)?;
        asked.push(byte[0]);
    }
    let mut inside = TcpStream::connect(server)?;
    asked.truncate(asked.len() - 2);
    inside.write_all(&[&asked, b"connection: close\r\n\r\n".as_slice()].concat())?;
    std::io::copy(&mut inside, &mut outside)?;
    outside.flush()
}

#[test]
fn a_service_behind_tls_is_asked_when_its_certificate_is_trusted() {
    let live = Standin::start();
    let (address, pem) = behind_tls(live.address());
    let (file, certificate) = (File::celigo("tls", &reading_one()), File::new("ca.pem", &pem));
    let url = format!("https://localhost:{}/v1", address.port());
    let arguments = [file.text(), "--against", &url, "--token-env", "PROBE_TOKEN"];
    let (code, out, err) = said(probe(&arguments).args(["--ca-file", certificate.text()]));
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(live.world().journal().len(), 1);
    let (code, out, _) = said(&mut probe(&arguments));
    assert_eq!((code, live.world().journal().len()), (3, 1));
    assert!(out.contains("no answer: invalid peer certificate"), "{out}");
}
