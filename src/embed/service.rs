//! A world as a tower service: it takes the place of a client's connection, and no port is opened.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use hyper::{Request, Response};
use tower_service::Service;

use crate::embed::guard::now_ms;
use crate::embed::handle::WorldHandle;
use crate::http::error_text::debug_is_display;
use crate::http::message::{Delivery, Outcome};
use crate::server::{Arrival, ResponseBody, first_of, response, with_request};

/// A world that answers requests of the `http` crate, whatever their host. Delays and slow bodies of fault rules need a
/// tokio runtime with a timer.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use http_body_util::{BodyExt, Empty};
/// use standin::{ServiceError, Standin, WorldService};
/// use tower::ServiceExt;
///
/// let world = Standin::builder().offline()?;
/// let service: WorldService = world.service();
/// let request = hyper::Request::get("https://api.integrator.io/v1/integrations/abc123");
/// let request = request.header("authorization", "Bearer any").body(Empty::<bytes::Bytes>::new())?;
/// let answer = service.clone().oneshot(request).await?;
/// assert_eq!(answer.status(), 200);
/// assert!(!answer.into_body().collect().await?.to_bytes().is_empty());
///
/// world.fault(standin::Rule::on("*").close());
/// let request = hyper::Request::get("/v1/integrations").body(Empty::<bytes::Bytes>::new())?;
/// assert!(matches!(service.oneshot(request).await, Err(ServiceError::Closed)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct WorldService(WorldHandle);

impl WorldHandle {
    /// Returns this world as a [tower](https://docs.rs/tower-service) service.
    #[must_use]
    pub fn service(&self) -> WorldService {
        WorldService(self.clone())
    }
}

/// The body of an answer.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use http_body_util::{BodyExt, Empty};
/// use tower::ServiceExt;
///
/// let world = standin::Standin::builder().offline().unwrap();
/// let request = http::Request::get("/v1/integrations").header("authorization", "Bearer any");
/// let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
/// let body: standin::Body = world.service().oneshot(request).await.unwrap().into_body();
/// assert!(body.collect().await.unwrap().to_bytes().starts_with(b"["));
/// # });
/// ```
pub struct Body(ResponseBody);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

/// The reason why there is no answer, or only a part of it.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use standin::{Rule, ServiceError, Standin};
/// use tower::ServiceExt;
///
/// let world = Standin::builder().offline().unwrap();
/// world.fault(Rule::on("celigo.*").close());
/// let request = http::Request::get("/v1/integrations").header("authorization", "Bearer any");
/// let error = world.service().oneshot(request.body(String::new()).unwrap()).await.unwrap_err();
/// assert!(matches!(error, ServiceError::Closed), "{error}");
/// # });
/// ```
#[non_exhaustive]
pub enum ServiceError {
    /// A fault rule closed the connection before the head.
    Closed,
    /// A fault rule reset the connection before the head.
    Reset,
    /// A fault rule sent bytes that are not HTTP.
    Garbage,
    /// A fault rule cut the body short.
    CutShort,
    /// The request's own body could not be read.
    Request(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("a fault rule closed the connection"),
            Self::Reset => f.write_str("a fault rule reset the connection"),
            Self::Garbage => f.write_str("a fault rule answered what is not HTTP"),
            Self::CutShort => f.write_str("a fault rule cut the body short"),
            Self::Request(error) => write!(f, "the request's body cannot be read: {error}"),
        }
    }
}

debug_is_display!(ServiceError);

impl Error for ServiceError {}

impl<B> Service<Request<B>> for WorldService
where
    B: hyper::body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = ServiceError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, ServiceError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ServiceError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let world = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|error| ServiceError::Request(error.into()))?.to_bytes();
            let head = Request::from_parts(parts, ());
            let arrival = Arrival { at_ms: now_ms(), believes_front: true, channel: None };
            let outcome = with_request(&head, &body, arrival, |request| world.outcome(request));
            match held(&outcome).await {
                Delivery::Closed | Delivery::Hang => Err(ServiceError::Closed),
                Delivery::Reset => Err(ServiceError::Reset),
                Delivery::Garbage => Err(ServiceError::Garbage),
                delivery @ (Delivery::Complete | Delivery::Throttled { .. } | Delivery::Truncated) => {
                    Ok(response(outcome.response, delivery, outcome.hold).map(Body))
                }
            }
        })
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = ServiceError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, ServiceError>>> {
        let sent = Pin::new(&mut self.get_mut().0);
        sent.poll_frame(cx).map(|frame| frame.map(|frame| frame.map_err(|_| ServiceError::CutShort)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Waits as long as an outcome says, or until its world releases it, and returns the delivery.
async fn held(outcome: &Outcome) -> Delivery {
    let delayed = async {
        tokio::time::sleep(outcome.delay).await;
        if outcome.delivery == Delivery::Hang {
            std::future::pending::<()>().await;
        }
    };
    if let Some(hold) = outcome.hold.clone() {
        first_of(pin!(hold), pin!(delayed)).await;
    }
    outcome.delivery
}
