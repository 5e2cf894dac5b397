package org.testcontainers.utility;

public final class DockerImageName {
    public static native DockerImageName parse(String name);
}
