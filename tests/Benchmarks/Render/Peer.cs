namespace PhotoGuard.Benchmarks.Render;

/// <summary>Something that makes the pair of 2048 and 512 pixels.</summary>
/// <param name="Name">For the rows.</param>
/// <param name="Make">Makes it once of the file; processor and wall milliseconds, and the peak in MB of what did it, 0 where unknown.</param>
internal sealed record Peer(string Name, Func<RenderInput, string, Task<(double CpuMs, double WallMs, double PeakMb)>> Make);
