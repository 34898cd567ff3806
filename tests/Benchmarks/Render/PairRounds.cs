namespace PhotoGuard.Benchmarks.Render;

/// <summary>
/// One picture by all who can, in turn and in changing order, so that a machine that becomes slower does so for all of them. Processor
/// time is told in hundredths of a second, so sums are compared and not single pictures.
/// </summary>
internal sealed class PairRounds(BenchReport report, string folder, SharpPeer? sharp)
{
    /// <returns>Median wall milliseconds of ours.</returns>
    internal async Task<double> MeasureAsync(RenderInput input, int rounds)
    {
        var path = Path.Combine(folder, $"{input.Name}.{input.Extension}");
        await File.WriteAllBytesAsync(path, input.Bytes);
        await using var ours = new OurDecoder(picturesPerChild: 1000);
        List<Peer> peers = [ours.Peer, .. input.Name == "heic" ? [] : sharp?.Peers ?? [], .. ProgramPeers.For(input, folder)];
        var took = peers.ToDictionary(peer => peer.Name, _ => new List<(double CpuMs, double WallMs, double PeakMb)>());
        for (var round = -2; round < rounds; round++)
        {
            foreach (var at in Enumerable.Range(0, peers.Count))
            {
                var peer = peers[(round % 2 == 0 ? at : peers.Count - 1 - at) % peers.Count];
                var once = await peer.Make(input, path);
                if (round >= 0) took[peer.Name].Add(once);
            }
        }
        foreach (var (name, all) in took)
        {
            report.Row(new
            {
                part = "pair",
                picture = input.Name,
                bytes = input.Bytes.Length,
                name,
                cpuMs = all.Average(one => one.CpuMs),
                wallMs = Median(all.Select(one => one.WallMs)),
                peakMb = all.Max(one => one.PeakMb),
                cpuRatio = Cpu(took["photoguard"]) / Cpu(all),
                wallMsEach = all.Select(one => one.WallMs),
            });
        }
        Tell(input.Name, took);
        return Median(took["photoguard"].Select(one => one.WallMs));
    }

    private void Tell(string picture, Dictionary<string, List<(double CpuMs, double WallMs, double PeakMb)>> took)
    {
        var ours = took["photoguard"];
        if (picture == "jpeg") report.Figure("childPeakMb", ours.Max(one => one.PeakMb));
        if (picture == "heic")
        {
            if (took.TryGetValue("heif-convert and vipsthumbnail", out var others)) report.Figure("heicRatio", Cpu(ours) / Cpu(others));
            return;
        }
        // Whichever way of using it was the better one at this.
        var sharps = took.Where(one => one.Key.StartsWith("sharp ", StringComparison.Ordinal)).Select(one => one.Value).ToList();
        if (sharps.Count == 0) return;
        report.Figure($"{picture}SharpCpuRatio", Cpu(ours) / sharps.Min(Cpu));
        report.Figure($"{picture}SharpWallRatio", Median(ours.Select(one => one.WallMs)) / sharps.Min(one => Median(one.Select(each => each.WallMs))));
    }

    private static double Cpu(List<(double CpuMs, double WallMs, double PeakMb)> all) => all.Sum(one => one.CpuMs);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
