import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

class StandinTest {
    @SuppressWarnings("resource")
    static final GenericContainer<?> STANDIN = new GenericContainer<>(DockerImageName.parse("standin:0.1.0"))
        .withExposedPorts(4780)
        .withEnv("STANDIN_CONTROL_TOKEN", "secret")
        .waitingFor(Wait.forHttp("/_standin/ready"));

    static String baseUrl() {
        STANDIN.start();
        return "http://" + STANDIN.getHost() + ":" + STANDIN.getMappedPort(4780) + "/v1";
    }
}
