// The signatures that the snippet uses, for machines where the library is out of reach.
using System;
using System.Threading;
using System.Threading.Tasks;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;

namespace DotNet.Testcontainers.Builders
{
    public class ContainerBuilder
    {
        public ContainerBuilder(string image) { }
        public ContainerBuilder WithPortBinding(int port, bool assignRandomHostPort = false) { return this; }
        public ContainerBuilder WithEnvironment(string name, string value) { return this; }
        public ContainerBuilder WithWaitStrategy(IWaitForContainerOS waitStrategy) { return this; }
        public IContainer Build() { return null; }
    }

    public static class Wait
    {
        public static IWaitForContainerOS ForUnixContainer() { return null; }
    }
}

namespace DotNet.Testcontainers.Configurations
{
    public interface IWaitStrategy { }

    public interface IWaitForContainerOS
    {
        IWaitForContainerOS UntilHttpRequestIsSucceeded(Func<HttpWaitStrategy, HttpWaitStrategy> request, Action<IWaitStrategy> waitStrategyModifier = null);
    }

    public sealed class HttpWaitStrategy
    {
        public HttpWaitStrategy ForPath(string path) { return this; }
        public HttpWaitStrategy ForPort(ushort port) { return this; }
    }
}

namespace DotNet.Testcontainers.Containers
{
    public interface IContainer
    {
        string Hostname { get; }
        Task StartAsync(CancellationToken ct = default(CancellationToken));
        ushort GetMappedPublicPort(int containerPort);
    }
}
