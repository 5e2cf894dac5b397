package org.testcontainers.containers.wait.strategy;

public class Wait {
    public static native HttpWaitStrategy forHttp(String path);
}
