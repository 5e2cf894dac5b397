use standin::Standin;
use sync::Celigo;

#[test]
fn is_careful() {
    let standin = Standin::start();
    let world = standin.world();
    world.load("celigo-lost-create").unwrap();
    let celigo = Celigo { base_url: world.celigo_url(), token: world.token() };
    celigo.create_carefully("Orders to NetSuite");
    world.verify().unwrap();
}
