using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Workers;

public static class Program
{
    public static int Main(string[] args)
    {
        if (args is ["decode-child"])
            return DecodeChild.Run();
        return 1;
    }
}
