package org.testcontainers.containers;

import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.utility.DockerImageName;

/** The part of the library that the snippet uses, for machines that cannot reach it. */
public class GenericContainer<SELF extends GenericContainer<SELF>> implements AutoCloseable {
    public GenericContainer(DockerImageName image) {}

    public native SELF withExposedPorts(Integer... ports);

    public native SELF withEnv(String name, String value);

    public native SELF waitingFor(WaitStrategy strategy);

    public native String getHost();

    public native Integer getMappedPort(int port);

    public native void start();

    @Override
    public native void close();
}
