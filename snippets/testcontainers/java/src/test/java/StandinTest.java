import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

class StandinTest {
    @SuppressWarnings("resource")
    static final GenericContainer<?> STANDIN = new GenericContainer<>(DockerImageName.parse("standin:0.1.0"))
        .withExposedPorts(4780)
        .withEnv("STANDIN_CONTROL_TOKEN", "secret")
        .waitingFor(Wait.forHttp("/_standin/ready"));

    static HttpRequest integrations() {
        var base = "http://" + STANDIN.getHost() + ":" + STANDIN.getMappedPort(4780);
        return HttpRequest.newBuilder(URI.create(base + "/v1/integrations")).header("Authorization", "Bearer any").build();
    }

    static int status() throws Exception {
        STANDIN.start();
        return HttpClient.newHttpClient().send(integrations(), BodyHandlers.ofString()).statusCode();
    }
}
