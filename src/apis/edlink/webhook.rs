//! Webhooks: the body and the signature of the requests that the service posts to an application.

#[cfg(feature = "webhooks")]
use std::fmt::Write as _;

use serde_json::json;

use crate::apis::edlink::sso::APPLICATIONS;
use crate::engine::api::api::{SignedRequest, WebhookOrder};
use crate::engine::schema::problem::Problem;
use crate::engine::state::State;

/// Signs a request: `t=<unix seconds>,v0=<HMAC-SHA256 of "<t>.<body>">`.
pub(super) fn sign(state: &State, order: &WebhookOrder) -> Result<SignedRequest, Problem> {
    let secret = order.secret.clone().or_else(|| {
        let mut applications = state.store.of(&APPLICATIONS).iter();
        applications.find_map(|application| application.text("webhook_secret")).map(str::to_owned)
    });
    let secret = secret.ok_or_else(|| {
        Problem::refused(
            "there is no secret to sign with: give \"secret\", or an application in edlink.applications a webhook_secret",
        )
    })?;
    let payload = order.payload.clone().unwrap_or_else(|| json!({}));
    let body = json!({ "$events": [{ "type": order.kind, "payload": payload }] }).to_string();
    let seconds = order.at_s.unwrap_or_else(|| state.clock.now_ms() / 1_000);
    let hex = mac(&secret, &format!("{seconds}.{body}"))?;
    let headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("edlink-signature".to_owned(), format!("t={seconds},v0={hex}")),
    ];
    Ok(SignedRequest { headers, body: body.into_bytes() })
}

/// Returns the HMAC-SHA256 of a text as lower-case hex digits.
#[cfg(feature = "webhooks")]
#[allow(clippy::unnecessary_wraps)] // A build without the feature has none.
fn mac(secret: &str, text: &str) -> Result<String, Problem> {
    let mac = hmac_sha256::HMAC::mac(text, secret);
    Ok(mac.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// Returns the problem of a build without webhooks.
#[cfg(not(feature = "webhooks"))]
fn mac(_: &str, _: &str) -> Result<String, Problem> {
    Err(Problem::refused("this build of standin leaves out signatures; build it with its cargo feature `webhooks`"))
}
