using System.Threading.Tasks;
using DotNet.Testcontainers.Builders;

public sealed class StandinTest
{
    public static async Task<string> StartAsync()
    {
        var container = new ContainerBuilder("standin:0.1.0")
            .WithPortBinding(4780, assignRandomHostPort: true)
            .WithEnvironment("STANDIN_CONTROL_TOKEN", "secret")
            .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(
                request => request.ForPath("/_standin/ready").ForPort(4780)))
            .Build();
        await container.StartAsync();
        return $"http://{container.Hostname}:{container.GetMappedPublicPort(4780)}/v1";
    }
}
