using PhotoGuard.Workers.Cli;

namespace PhotoGuard.Workers.Demo;

internal static class DemoSchool
{
    public static Task FillAsync(Office office, string url, TextWriter output, CancellationToken cancel) =>
        throw new NotSupportedException($"{office} {url} {output} {cancel}");
}
