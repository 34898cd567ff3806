using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace PhotoGuard.Tests.Architecture;

/// <summary>
/// Law 1: every picture passes the second check before it is kept. A scrubber that makes no mistake gives that check nothing to find, so that
/// no picture can show that it is asked; the code can.
/// </summary>
public sealed class CheckedBytesTests
{
    private static readonly string[] Stores = ["PhotoVault.WriteAsync", "RenditionDesk.KeepAsync"];

    [Fact]
    public void Whoever_stores_a_picture_has_it_checked_first()
    {
        var callers = new[] { "PhotoGuard.Ingest", "PhotoGuard.Workers", "PhotoGuard.Api" }.SelectMany(Calls).ToLookup(call => call.By, call => call.Called);
        var storing = callers.Where(calls => calls.Intersect(Stores).Any()).ToList();
        Assert.Equal(["PhotoIntake", "RedactionIntake", "RenderJob"], storing.Select(calls => calls.Key).Order());
        Assert.All(storing, calls => Assert.Contains("PictureCheck.Verify", calls));
    }

    /// <summary>Who calls what, as <c>Type.Method</c>; what the compiler makes of a method counts as its type's.</summary>
    private static List<(string By, string Called)> Calls(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        using var portable = new PEReader(file);
        var metadata = portable.GetMetadataReader();
        var calls = new List<(string, string)>();
        foreach (var method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0))
        {
            var code = portable.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            for (var at = 0; at + 5 <= code.Length; at++)
                if (code[at] is (byte)ILOpCode.Call or (byte)ILOpCode.Callvirt && NameOf(metadata, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1))) is { } called)
                    calls.Add((Outermost(metadata, method.GetDeclaringType()), called));
        }
        return calls;
    }

    /// <returns>Null where it is no method of a type that has a name.</returns>
    private static string? NameOf(MetadataReader metadata, int token)
    {
        var row = token & 0xFFFFFF;
        switch ((TableIndex)(token >>> 24))
        {
            case TableIndex.MethodDef when row > 0 && row <= metadata.GetTableRowCount(TableIndex.MethodDef):
                var method = metadata.GetMethodDefinition(MetadataTokens.MethodDefinitionHandle(row));
                return $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{metadata.GetString(method.Name)}";
            case TableIndex.MemberRef when row > 0 && row <= metadata.GetTableRowCount(TableIndex.MemberRef):
                var member = metadata.GetMemberReference(MetadataTokens.MemberReferenceHandle(row));
                return member.Parent.Kind == HandleKind.TypeReference
                    ? $"{metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name)}.{metadata.GetString(member.Name)}"
                    : null;
            default:
                return null;
        }
    }

    private static string Outermost(MetadataReader metadata, TypeDefinitionHandle type)
    {
        while (metadata.GetTypeDefinition(type).GetDeclaringType() is { IsNil: false } outer) type = outer;
        return metadata.GetString(metadata.GetTypeDefinition(type).Name);
    }
}
