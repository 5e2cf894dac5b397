//! Two long stories over the wire, each call by call as an integration's nightly job makes them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use standin::{Api, Clock, Standin};

use crate::deliver::{control, customer, received};
use crate::support::{Response, ask};

/// Calls of one user of a server.
struct Client<'s> {
    standin: &'s Standin,
    token: String,
}

impl Client<'_> {
    fn send(&self, method: &str, target: &str, body: &Value) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("host", "h"), ("authorization", bearer.as_str()), ("content-type", "application/json")];
        ask(self.standin.address(), method, target, &headers, &body)
    }

    /// Sends a request that must be answered with this status, and returns what it answers.
    fn must(&self, status: u16, method: &str, target: &str, body: &Value) -> Value {
        let response = self.send(method, target, body);
        assert_eq!(response.status, status, "{method} {target}: {}", response.text());
        if response.body.is_empty() { Value::Null } else { response.json() }
    }

    fn get(&self, target: &str) -> Value {
        self.must(200, "GET", target, &Value::Null)
    }
}

fn id(record: &Value, name: &str) -> String {
    record[name].as_str().unwrap_or_else(|| panic!("no {name} in {record}")).to_owned()
}

fn advance(standin: &Standin, ms: u64) {
    control(standin, "POST", "/clock", &json!({ "advance_ms": ms }));
}

/// A call of a listener, signed with the key as the listener's settings say.
fn deliver(standin: &Standin, listener: &str, key: &str, body: &str) -> u16 {
    let signature = BASE64_STANDARD.encode(hmac_sha512::HMAC::mac(body, key));
    let headers = [("host", "h"), ("content-type", "application/json"), ("x-shop-signature", signature.as_str())];
    ask(standin.address(), "POST", &format!("/v1/exports/{listener}/undefined/data"), &headers, body).status
}

#[test]
fn an_order_goes_through_celigo_as_a_nightly_job_sees_it() {
    const INTEGRATION: &str = "abc123";
    const CONNECTION: &str = "787b65682564174cd4206009";
    let clock = Clock::frozen().at("2024-01-20T10:00:00.000Z");
    let standin = Standin::builder().clock(clock).rate_limit(Api::Celigo, 60, 1).start();
    let celigo = Client { standin: &standin, token: "a-token".to_owned() };

    // A listener, a target that refuses the second of three orders, and a flow between them.
    let settings = json!({
        "verify": "hmac", "key": "shared", "algorithm": "sha512", "encoding": "base64", "header": "x-shop-signature",
        "pathToRecords": "batch.orders",
    });
    let listener = json!({ "name": "Orders in", "type": "webhook", "webhook": settings });
    let listener = celigo.must(201, "POST", "/v1/exports", &listener);
    assert_eq!(listener["webhook"]["key"], "******");
    let listener = id(&listener, "_id");
    let mut target = json!({
        "name": "Orders out", "_connectionId": CONNECTION,
        "mockResponse": [
            { "statusCode": 200, "id": "N-1" },
            { "statusCode": 422, "errors": [{ "code": "NO_CUSTOMER", "message": "Unknown customer", "source": "shop" }] },
            { "statusCode": 200, "id": "N-3" },
        ],
    });
    let import = id(&celigo.must(201, "POST", "/v1/imports", &target), "_id");
    let flow = json!({
        "name": "Orders", "_integrationId": INTEGRATION, "pageGenerators": [{ "_exportId": listener }],
        "pageProcessors": [{ "type": "import", "_importId": import }],
    });
    let mut idle = flow.clone();
    (idle["name"], idle["disabled"]) = ("Orders, not yet".into(), true.into());
    let flow = id(&celigo.must(201, "POST", "/v1/flows", &flow), "_id");
    celigo.must(201, "POST", "/v1/flows", &idle);

    // The shop delivers; who has not the key is turned away and leaves nothing.
    let before = standin.world().records("celigo.deliveries").unwrap().len();
    let body = r#"{"batch":{"orders":[{"id":"17"},{"id":"18","customer":"c-0"},{"id":"19"}]}}"#;
    assert_eq!(deliver(&standin, &listener, "guessed", body), 401);
    assert_eq!(deliver(&standin, &listener, "shared", body), 204);
    let deliveries = standin.world().records("celigo.deliveries").unwrap();
    assert_eq!(deliveries.len(), before + 1);
    let delivery = deliveries.last().unwrap().to_value();
    assert_eq!((&delivery["body"], delivery["records"].as_array().unwrap().len()), (&json!(body), 3));
    assert_eq!(delivery["headers"]["content-type"], "application/json");
    assert_eq!(delivery["_jobIds"].as_array().unwrap().len(), 1, "the flow that is disabled does not run");

    // The job runs by the clock; one order is refused.
    let job = delivery["_jobIds"][0].as_str().unwrap();
    assert_eq!(celigo.get(&format!("/v1/jobs/{job}"))["status"], "queued");
    advance(&standin, 5_000);
    let latest = celigo.get(&format!("/v1/flows/{flow}/jobs/latest"));
    let counts = ["numExport", "numSuccess", "numError", "numOpenError"].map(|name| latest[0][name].as_u64().unwrap());
    assert_eq!((&latest[0]["_id"], &latest[0]["status"], counts), (&json!(job), &json!("completed"), [3, 2, 1, 1]));
    let step = format!("/v1/flows/{flow}/{import}");
    let errors = celigo.get(&format!("{step}/errors"));
    let error = &errors["errors"][0];
    assert_eq!((&error["code"], &error["_flowJobId"]), (&json!("NO_CUSTOMER"), &json!(job)));
    let summary = celigo.get(&format!("/v1/integrations/{INTEGRATION}/errors")).to_string();
    assert!(summary.contains(&flow), "{summary}");

    // A retry without anything changed fails again.
    let again = json!({ "errorIds": [error["errorId"]] });
    let retry = celigo.must(200, "POST", &format!("{step}/retry"), &again);
    assert_eq!((&retry["type"], &retry["_flowId"]), (&json!("retry"), &json!(flow)));
    advance(&standin, 5_000);
    assert_eq!(celigo.get(&format!("/v1/jobs/{}", id(&retry, "_id")))["numError"], 1);
    assert_eq!(celigo.get(&format!("{step}/errors"))["errors"].as_array().unwrap().len(), 1);

    // The data is edited, the target mended, and the retry takes both.
    let data = format!("{step}/{}/data", id(error, "retryDataKey"));
    let mut record = celigo.get(&data);
    assert_eq!(record["data"], json!({ "id": "18", "customer": "c-0" }));
    record["data"]["customer"] = "c-1".into();
    celigo.must(200, "PUT", &data, &record);
    assert_eq!(celigo.get(&data)["data"]["customer"], "c-1");
    target["mockResponse"] = json!([]);
    celigo.must(200, "PUT", &format!("/v1/imports/{import}"), &target);
    let keys = json!({ "retryDataKeys": [error["retryDataKey"]] });
    let retry = celigo.must(200, "POST", &format!("{step}/retry"), &keys);
    advance(&standin, 5_000);
    let retry = celigo.get(&format!("/v1/jobs/{}", id(&retry, "_id")));
    assert_eq!((&retry["status"], &retry["numSuccess"]), (&json!("completed"), &json!(1)));
    assert_eq!(celigo.get(&format!("{step}/errors"))["errors"], json!([]));
    let resolved = celigo.get(&format!("{step}/resolved"));
    assert_eq!(resolved["resolved"][0]["errorId"], error["errorId"]);
    assert_eq!(celigo.get(&format!("/v1/jobs/{job}"))["numResolved"], 1);
    assert_eq!(celigo.must(204, "POST", &format!("{step}/retry"), &keys), Value::Null);

    // The trail tells what the job changed, and nothing of what it retried.
    let trail = celigo.get(&format!("/v1/imports/{import}/audit"));
    let events: Vec<&Value> = trail.as_array().unwrap().iter().map(|entry| &entry["event"]).collect();
    assert_eq!(events, ["update", "create"]);
    assert_eq!(trail[0]["fieldChanges"][0]["fieldPath"], "mockResponse");

    // A listener that takes text keeps it, and none is held back by the rate of the others.
    let open = json!({ "name": "Notes in", "type": "webhook", "webhook": { "requestMediaType": "csv" } });
    let open = id(&celigo.must(201, "POST", "/v1/exports", &open), "_id");
    let drained = (0..100).any(|_| celigo.send("GET", "/v1/tokenInfo", &Value::Null).status == 429);
    assert!(drained, "the rate is used up");
    let csv = ask(standin.address(), "POST", &format!("/v1/exports/{open}/data"), &[("host", "h")], "a,b\n1,2");
    assert_eq!(csv.status, 204);
    let kept = standin.world().records("celigo.deliveries").unwrap().last().unwrap().to_value();
    assert_eq!((&kept["data"], &kept["records"]), (&json!("a,b\n1,2"), &json!(["a,b\n1,2"])));
}

const CLASS: &str = "e418b60d-dbff-4bca-bcc0-4b61b54c0ffb";
const TEACHER: &str = "0bad1e7a-308d-4266-8c2c-218bced3969e";
const STUDENT: &str = "8cdad9f6-52ce-4509-9190-2968bbec6cb0";

/// Exchanges what the token endpoint takes for tokens.
fn tokens(standin: &Standin, body: &Value) -> Value {
    let mut all = json!({ "client_id": "reader", "client_secret": "its-secret" });
    all.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    let headers = [("host", "h"), ("content-type", "application/json")];
    let response = ask(standin.address(), "POST", "/api/authentication/token", &headers, &all.to_string());
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["$data"].clone()
}

/// Signs a person in by the address that a browser would be sent to.
fn sign_in(standin: &Standin, person: &str) -> Value {
    let address = "https%3A%2F%2Freader.example.com%2Fback";
    let target = format!("/sso/login?client_id=reader&redirect_uri={address}&state=s1&standin_person={person}");
    let response = ask(standin.address(), "GET", &target, &[("host", "h")], "");
    let location = response.header("location").unwrap().to_owned();
    let code = location.strip_prefix("https://reader.example.com/back?state=s1&code=").expect("a code").to_owned();
    let grant = json!({
        "grant_type": "authorization_code", "code": code, "redirect_uri": "https://reader.example.com/back",
    });
    tokens(standin, &grant)
}

#[test]
fn a_day_of_coursework_is_graded_and_posted_outward() {
    let standin = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).start();
    let login = sign_in(&standin, TEACHER);
    let mut teacher = Client { standin: &standin, token: id(&login, "access_token") };

    // The teacher's own class, and an assignment that is created twice with one key.
    let classes = teacher.get("/api/v2/my/classes?$fields=id,name");
    assert!(classes["$data"].to_string().contains(CLASS), "{classes}");
    let work = format!("/api/v2/my/classes/{CLASS}/assignments");
    let new = json!({
        "title": "Fractions 5", "description": "Page 14", "due_date": "2024-01-20T12:00:00.000Z",
        "grading_type": "points", "points_possible": 10,
    });
    let created = teacher.must(200, "POST", &format!("{work}?$idempotency=night-1"), &new);
    let repeated = teacher.must(200, "POST", &format!("{work}?$idempotency=night-1"), &new);
    assert_eq!(repeated["$data"], created["$data"]);
    assert_eq!(repeated["$warnings"][0]["code"], "IDEMPOTENCY_KEY_REPEATED");
    let all = teacher.get(&work);
    let titles = all["$data"].as_array().unwrap().iter().filter(|it| it["title"] == "Fractions 5").count();
    assert_eq!(titles, 1);
    let assignment = format!("{work}/{}", id(&created["$data"], "id"));
    let submissions = teacher.get(&format!("{assignment}/submissions"));
    let of_student = |answer: &Value| {
        let rows = answer["$data"].as_array().unwrap();
        rows.iter().find(|it| it["person_id"] == STUDENT).expect("the student's").clone()
    };
    assert_eq!(of_student(&submissions)["state"], "created");

    // Three hours later the token is over, and the student hands in too late.
    advance(&standin, 3 * 60 * 60 * 1_000);
    let expired = teacher.must(401, "GET", &assignment, &Value::Null);
    assert_eq!(expired["$errors"][0]["code"], "EXPIRED_TOKEN");
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": login["refresh_token"] });
    teacher.token = id(&tokens(&standin, &refresh), "access_token");
    let late = of_student(&teacher.get(&format!("{assignment}/submissions")));
    assert_eq!((&late["state"], &late["flags"]), (&json!("created"), &json!(["missing"])));
    let student = Client { standin: &standin, token: id(&sign_in(&standin, STUDENT), "access_token") };
    let link = json!({ "attachments": [{ "type": "link", "title": "Mine", "url": "https://example.test/mine" }] });
    student.must(400, "POST", &format!("{assignment}/reclaim"), &Value::Null);
    let handed_in = student.must(200, "POST", &format!("{assignment}/submit?$idempotency=s-1"), &link);
    assert_eq!((&handed_in["$data"]["state"], &handed_in["$data"]["flags"]), (&json!("submitted"), &json!(["late"])));
    let refused = student.must(400, "PATCH", &assignment, &json!({ "title": "Easier" }));
    assert_eq!(refused["$errors"][0]["code"], "NO_PERMISSION");

    // The teacher grades and returns, which is final.
    let submission = format!("{assignment}/submissions/{}", id(&handed_in["$data"], "id"));
    let graded = teacher.must(200, "PATCH", &submission, &json!({ "grade_points": 8.5, "grade_comment": "Good." }));
    let grade = &graded["$data"];
    assert_eq!((&grade["grade_points"], &grade["grader_id"]), (&json!(8.5), &json!(TEACHER)));
    teacher.must(200, "POST", &format!("{submission}/return"), &Value::Null);
    student.must(400, "POST", &format!("{assignment}/submit"), &link);
    let own = student.get(&format!("{assignment}/submissions"));
    let own = own["$data"].as_array().unwrap();
    assert_eq!((own.len(), &own[0]["state"], &own[0]["grade_points"]), (1, &json!("returned"), &json!(8.5)));

    // The grade is posted to the customer, signed, and again after the customer failed.
    let (address, requests) = customer(&[500, 204]);
    let payload = json!({ "submission_id": own[0]["id"], "grade_points": 8.5 });
    let order = json!({
        "to": format!("http://{address}/hook"), "type": "submission.returned", "payload": payload, "secret": "shared",
    });
    control(&standin, "POST", "/deliver", &order);
    let first = received(&requests);
    let (head, body) = first.split_once("\r\n\r\n").unwrap();
    let event: Value = serde_json::from_str(body).unwrap();
    assert_eq!(event["$events"], json!([{ "type": "submission.returned", "payload": payload }]));
    let signature = head.lines().find_map(|line| line.strip_prefix("edlink-signature: ")).expect("a signature");
    let (time, signed) = signature.strip_prefix("t=").unwrap().split_once(",v0=").unwrap();
    let mac = hmac_sha256::HMAC::mac(format!("{time}.{body}"), "shared");
    assert_eq!(signed, mac.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")));
    assert_eq!(time, "1705755600", "the world's time");
    crate::deliver::tried(&standin, 1);
    advance(&standin, 1_000);
    assert_eq!(received(&requests), first);
}
