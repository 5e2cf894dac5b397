use standin::Standin;
use sync::Celigo;

#[test]
fn is_careless() {
    let standin = Standin::start();
    let world = standin.world();
    world.load("celigo-lost-create").unwrap();
    let celigo = Celigo { base_url: world.celigo_url(), token: world.token() };
    celigo.create_carelessly("Orders to NetSuite");
    world.verify().unwrap();
}
