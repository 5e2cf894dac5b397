//! The software under test: makes an integration, in two ways.

pub struct Celigo {
    pub base_url: String,
    pub token: String,
}

impl Celigo {
    /// Makes it, and looks before it tries again.
    pub fn create_carefully(&self, name: &str) {
        if self.create(name).is_err() && !self.has(name) {
            self.create(name).expect("made on the second try");
        }
    }

    /// Makes it, and simply tries again.
    pub fn create_carelessly(&self, name: &str) {
        let _ = self.create(name).or_else(|_| self.create(name)).or_else(|_| self.create(name));
    }

    fn create(&self, name: &str) -> Result<(), ureq::Error> {
        let body = format!("{{\"name\": \"{name}\"}}");
        ureq::post(self.url())
            .header("Authorization", self.bearer())
            .header("Content-Type", "application/json")
            .send(body)
            .map(drop)
    }

    fn has(&self, name: &str) -> bool {
        let mut answer = ureq::get(self.url()).header("Authorization", self.bearer()).call().expect("a list");
        answer.body_mut().read_to_string().expect("its text").contains(name)
    }

    fn url(&self) -> String {
        format!("{}/integrations", self.base_url)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}
