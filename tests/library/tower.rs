//! A world in place of a connection: somebody else's client layers, no port.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response};
use serde_json::{Value, json};
use standin::{Body, ServiceError, Standin, WorldService};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};

/// A consumer that takes whatever sends requests, as generated API clients do.
struct Consumer<S> {
    transport: S,
    base: &'static str,
}

impl<S> Consumer<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<Body>>,
    BoxError: From<S::Error>,
{
    async fn ask(&mut self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value), BoxError> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        request = request.header("authorization", "Bearer any").header("content-type", "application/json");
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = request.body(Full::from(body))?;
        let response = self.transport.ready().await?.call(request).await?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}

fn layered(world: WorldService) -> impl Service<Request<Full<Bytes>>, Response = Response<Body>, Error = BoxError> {
    ServiceBuilder::new().concurrency_limit(4).timeout(Duration::from_secs(30)).service(world)
}

#[tokio::test]
async fn a_client_works_against_a_world_without_a_port() {
    let world = Standin::builder().offline().unwrap();
    let transport = layered(world.service());
    let mut consumer = Consumer { transport, base: "https://api.integrator.io/v1" };
    let (status, made) = consumer.ask(Method::POST, "/integrations", Some(json!({ "name": "New" }))).await.unwrap();
    assert_eq!((status, &made["name"]), (201, &json!("New")));
    let path = format!("/integrations/{}", made["_id"].as_str().unwrap());
    let (status, read) = consumer.ask(Method::GET, &path, None).await.unwrap();
    assert_eq!((status, &read), (200, &made));
    let (status, _) = consumer.ask(Method::GET, "/integrations/nope", None).await.unwrap();
    assert_eq!(status, 404);
    assert_eq!(world.journal().len(), 3);
}

#[tokio::test]
async fn links_lead_back_to_the_host_the_client_used() {
    let world = Standin::builder().offline().unwrap();
    let request = Request::get("https://api.integrator.io/v1/integrations?limit=1").header("authorization", "Bearer x");
    let response = world.service().oneshot(request.body(Full::<Bytes>::default()).unwrap()).await.unwrap();
    let link = response.headers()["link"].to_str().unwrap();
    assert!(link.starts_with("<https://api.integrator.io/v1/integrations?"), "{link}");
}

#[tokio::test]
async fn a_connection_that_a_rule_closes_is_an_error_of_the_service() {
    let world = Standin::builder().offline().unwrap();
    world.load("celigo-lost-create").unwrap();
    let request = || {
        let request = Request::post("/v1/integrations").header("authorization", "Bearer x");
        let body = Full::<Bytes>::from(json!({ "name": "Orders to NetSuite" }).to_string());
        world.service().oneshot(request.header("content-type", "application/json").body(body).unwrap())
    };
    assert!(matches!(request().await, Err(ServiceError::Closed)));
    assert_eq!(request().await.unwrap().status(), 409, "it was made all the same");
}
