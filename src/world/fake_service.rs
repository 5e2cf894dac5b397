//! The fake as the service that a probe calls, in a world of its own.

use crate::engine::api::router::Router;
use crate::engine::state::settings::Settings;
use crate::http::message::Request;
use crate::scenario::probe::probe::whole_target;
use crate::scenario::{Fixtures, ProbeAnswer, ProbeRequest, Scenario};
use crate::world::exchange::answer;
use crate::world::world::World;

/// Returns a function that sends a request of a probe to the fake, without the scenario's faults and steps.
pub(crate) fn fake_service(
    scenario: &Scenario,
    router: &Router,
    fixtures: &Fixtures,
) -> impl FnMut(&ProbeRequest) -> Result<ProbeAnswer, String> {
    let store = fixtures.get(Fixtures::DEFAULT).unwrap_or_default();
    let settings = Settings { profiles: scenario.profiles.clone(), ..Settings::default() };
    let mut world = World::new("probe", store, router.hooks().clone(), settings.into());
    move |request| Ok(ask(router, &mut world, request))
}

fn ask(router: &Router, world: &mut World, request: &ProbeRequest) -> ProbeAnswer {
    let credential = request.row.credential(&world.state).map(|(_, value)| value).unwrap_or_default();
    let authorization = format!("Bearer {credential}");
    let headers: [(&str, &[u8]); 2] =
        [("authorization", authorization.as_bytes()), ("content-type", b"application/json")];
    let body = request.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let asked = Request {
        method: request.method.as_str(),
        target: &whole_target(request),
        headers: &headers,
        body: body.as_bytes(),
        arrived_ms: world.state.clock.now_ms(),
        believes_front: true,
    };
    let response = answer(router, world, &asked).response;
    ProbeAnswer { status: response.status, body: response.body.to_vec() }
}
