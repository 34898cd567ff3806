using PhotoGuard.Workers.Cli;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Workers;

public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["decode-child"]) return DecodeChild.Run();
        return await CommandLine.RunAsync(args);
    }
}
