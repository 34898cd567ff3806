namespace PhotoGuard.Workers;

public static class Program
{
    public static int Main() => 1;
}
